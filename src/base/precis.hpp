// User names of any language: the profile UsernameCaseMapped of RFC 8265, on the IdentifierClass of RFC 8264. Two names
// are the same when what this makes of them is the same, byte for byte; that is also the form to keep and to show.
//
// Refuses what cannot be told apart or typed again: compatibility forms (a roman numeral that is one letter), symbols,
// invisible letters where nothing joins, letters of both directions mixed so that a screen would reorder them.
// Look-alikes of different scripts are not its business: look_alike.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::text {

// Width mapped, lower case by the root locale, NFC; the parts of a name stand one blank apart (RFC 8265 3.1). The same
// again for what it made. Nothing when the name is refused or empty, or is not UTF-8.
std::optional<std::string> username_case_mapped(std::string_view utf8);

}  // namespace gatehouse::text
