// Whether a reader takes one name for another: "аdmin" with a Cyrillic а for "admin", "paypa1" for "paypal", "rnary" for
// "mary". By the tables of Unicode (UTS 39 4), over names as they are kept, which is in lower case (precis.hpp): a surface
// that shows a name as it was typed, with a capital I for an l, shows what nothing here has looked at.
//
// Refuses to say which of two names is the right one, and to compare what no table knows (Müller and Mueller).
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::text {

// Names that look alike have the same. For comparing and for an index, not for showing; the tables change with Unicode, so
// what is stored is to be made again when ICU is of another version. Of what is not UTF-8: empty.
std::string skeleton(std::string_view name);

// The skeletons are the same and the names are not. Two e-mail addresses in ASCII are never called alike: user1@ and userl@
// are two mailboxes that people were given, and neither can be had by choosing it.
bool look_alike(std::string_view a, std::string_view b);

}  // namespace gatehouse::text
