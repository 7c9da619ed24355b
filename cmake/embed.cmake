# Writes text files into one C++ source as string literals: cmake -DOUTPUT=… -DSYMBOL=… -DFILES=a;b -P embed.cmake
# The symbol is `const std::pair<std::string_view, std::string_view> SYMBOL[]` of name and content, ended by an empty name.
set(code "#include <string_view>\n#include <utility>\nnamespace gatehouse {\nextern const std::pair<std::string_view, std::string_view> ${SYMBOL}[];\nconst std::pair<std::string_view, std::string_view> ${SYMBOL}[] = {\n")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${hex}")
  # A literal may be 64 KiB in some compilers: cut into adjacent literals.
  string(REGEX REPLACE "((\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f])(\\\\x[0-9a-f][0-9a-f]))" "\\1\"\n\"" bytes "${bytes}")
  file(SIZE ${file} size)
  string(APPEND code "{\"${name}\", {\"${bytes}\", ${size}}},\n")
endforeach()
string(APPEND code "{{}, {}}};\n}  // namespace gatehouse\n")
file(WRITE ${OUTPUT} "${code}")
