// Whether a reader takes one name for another: "аdmin" with a Cyrillic а for "admin", "paypa1" for "paypal", "rnary" for
// "mary". By the tables of Unicode (UTS 39 4), over names as they are kept, which is in lower case (precis.hpp), and as
// they were typed, which is how they are shown: "ТОМ" is "TOM" only in capitals, and a capital I is a small l.
//
// Refuses to say which of two names is the right one, and to compare what no table knows (Müller and Mueller).
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::text {

// Names that look alike as they are kept have the same. For comparing and for an index, not for showing; the tables change
// with Unicode, so what is stored is to be made again when ICU is of another version. Of what is not UTF-8: empty.
std::string skeleton(std::string_view name);

// The same of a name as it was typed. It is a skeleton too, that of what the name looks like, so that both can be compared
// with both. Names of capitals alone keep their I: "MARIA" is not "Marla", whereas "Ian" is "lan" to whoever reads it.
std::string sight(std::string_view name);

// Skeleton or sight of one is skeleton or sight of the other, and the names are not the same. Two e-mail addresses in ASCII
// are never called alike: user1@ and userl@ are two mailboxes that people were given, and neither can be had by choosing it.
bool look_alike(std::string_view a, std::string_view b);

}  // namespace gatehouse::text
