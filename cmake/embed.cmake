# Puts files into one C++ source through the assembler: cmake -DOUTPUT=… -DSYMBOL=… "-DFILES=a;b" -P embed.cmake
# The symbol is `const std::pair<std::string_view, std::string_view> SYMBOL[]` of name and content, ended by an empty name.
# .incbin takes no time for megabytes, where a string literal takes seconds.
set(assembly "")
set(externs "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(SIZE ${file} size)
  set(label "${SYMBOL}_${index}")
  string(APPEND assembly "asm(\".section .rodata\\n.balign 16\\n${label}:\\n.incbin \\\"${file}\\\"\\n.byte 0\\n.global ${label}\\n.previous\\n\");\n")
  string(APPEND externs "extern \"C\" const char ${label}[];\n")
  string(APPEND entries "    {\"${name}\", {${label}, ${size}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include <string_view>
#include <utility>
${assembly}${externs}namespace gatehouse {
extern const std::pair<std::string_view, std::string_view> ${SYMBOL}[];
const std::pair<std::string_view, std::string_view> ${SYMBOL}[] = {
${entries}    {{}, {}},
};
}  // namespace gatehouse
")
