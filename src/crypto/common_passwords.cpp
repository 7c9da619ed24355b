#include <algorithm>
#include <array>
#include <string_view>

#include "crypto/password_policy.hpp"

namespace gatehouse::crypto {
namespace {

// What people choose and attackers try first, of eight characters and more; sorted, lower case.
constexpr auto kCommon = std::to_array<std::string_view>({
    "!qaz2wsx", "01234567", "012345678", "0123456789", "09876543", "0987654321", "10101010", "10203040", "102030405",
    "11112222", "11223344", "1122334455", "112233445566", "11235813", "12121212", "12131415", "123123123", "123123123a",
    "123321123", "12341234", "123412345", "12344321", "1234512345", "123454321", "1234554321", "1234561234",
    "123456123456", "123456654321", "12345678", "123456780", "123456781", "123456789", "1234567890", "1234567891",
    "12345678910", "123456789a", "123456789q", "123456789z", "12345678a", "12345678q", "12345679", "1234567a",
    "123456aa", "123456ab", "123456abc", "123456qwerty", "12345abc", "12345abcd", "12345qwert", "1234abcd", "1234qwer",
    "1234rewq", "123654789", "123abc123", "123qwe123", "123qweasd", "123qweasdzxc", "13131313", "147258369",
    "147852369", "159357456", "159753456", "19841984", "1a2b3c4d", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz1qaz",
    "1qaz2wsx", "1qaz2wsx3edc", "1qaz@wsx", "1qazxsw2", "20002000", "20102010", "20202020", "258456258", "31415926",
    "314159265", "321654987", "741852963", "789456123", "789654123", "87654321", "963852741", "987654321", "9876543210",
    "a1234567", "a12345678", "a123456789", "a1b2c3d4", "a1b2c3d4e5", "a1s2d3f4", "aa123456", "aa12345678", "aaa111aaa",
    "aaaa1111", "aaaaaaa1", "aabbccdd", "abc12345", "abc123456", "abc123abc", "abcabc123", "abcabcabc", "abcd1234",
    "abcd12345", "abcd123456", "abcde12345", "abcdef123", "abcdefg1", "abcdefgh", "abcdefghi", "abcdefghij",
    "access123", "access14", "admin123", "admin123!", "admin1234", "admin12345", "admin123456", "admin1admin",
    "admin@123", "admin@1234", "adminadmin", "administrator", "alejandra", "alejandro", "alexander", "alexandra",
    "alhamdulillah", "america1", "american1", "andrew123", "angel123", "angels123", "anthony1", "anything", "apple123",
    "arsenal1", "arsenal123", "asdasd123", "asdasdasd", "asdf1234", "asdf12345", "asdfasdf", "asdfghjk", "asdfghjkl",
    "asdfghjkl1", "asdfjkl;", "asdfqwer", "asdqwe123", "asshole1", "asshole123", "australia", "autumn123", "autumn2023",
    "autumn2024", "autumn2025", "azerty123", "azertyuiop", "babyboy1", "babygirl", "babygirl1", "babygirl12",
    "backup123", "banana123", "barcelona", "baseball", "baseball1", "basketball", "basketball1", "batman123",
    "benjamin", "bismillah", "bitch123", "biteme123", "blahblah", "blahblah1", "blessed1", "blessing", "blink182",
    "blink1820", "bullshit", "business", "butterfly", "butterfly1", "canada123", "carolina", "catherine", "changeit",
    "changeme", "changeme!", "changeme1", "changeme123", "charlie1", "charlie123", "cheerleader", "cheese123",
    "chelsea1", "chelsea123", "chocolate", "chocolate1", "christian", "christin", "christina", "christopher",
    "cocacola", "cocacola1", "company1", "company123", "computer", "computer1", "computer123", "cookie123",
    "correcthorsebatterystaple", "corvette", "counterstrike", "cowboys1", "cowboys123", "cristina", "daniel123",
    "danielle", "danielle1", "database", "december", "default1", "default123", "demo1234", "demodemo", "diamond1",
    "diamond123", "dolphin1", "dolphins", "dragon12", "dragon123", "eagles123", "elephant", "elizabeth", "elizabeth1",
    "eminem123", "england1", "espana123", "everything", "february", "fernando", "ferrari1", "flower123", "flowers1",
    "football", "football1", "football123", "forever1", "foreverlove", "fortnite", "france123", "francisco", "freedom1",
    "freedom123", "friday123", "fuckoff1", "fuckyou!", "fuckyou1", "fuckyou123", "fuckyou2", "gabriel1", "gabriela",
    "gatehouse", "gatehouse1", "gatehouse123", "germany1", "ginger123", "godisgood", "golden123", "goodluck1",
    "goodmorning", "greenday", "guest123", "guest1234", "hello123", "hello1234", "hello12345", "hellohello",
    "helloworld", "helloworld1", "hockey123", "hongkong", "hunter12", "hunter123", "iamadmin", "ilovejesus", "iloveme1",
    "ilovemom", "iloveu123", "iloveyou", "iloveyou!", "iloveyou1", "iloveyou12", "iloveyou123", "iloveyou2",
    "iloveyouu", "india123", "indonesia", "internet", "internet1", "isabella", "january1", "jennifer", "jennifer1",
    "jessica1", "jesus123", "jesuschrist", "jesusislord", "jonathan", "jonathan1", "jordan123", "jordan23", "juventus",
    "katherine", "killer123", "lakers123", "lakers24", "letmein!", "letmein1", "letmein12", "letmein123", "letmein2",
    "letmeinnow", "linkinpark", "liverpool", "liverpool1", "liverpool123", "lkjhgfdsa", "love1234", "lovelove",
    "lovely123", "loveyou1", "loveyou123", "manager1", "manchester", "maria123", "marianne", "martinez", "master12",
    "master123", "matthew1", "maverick", "mercedes", "metallica", "metallica1", "michael1", "michael123", "michelle",
    "michelle1", "midnight", "midnight1", "minecraft", "minecraft1", "minecraft123", "mnbvcxz1", "monday123",
    "monkey12", "monkey123", "motorola", "mustang1", "mustang12", "mustang123", "mylove123", "mypass123", "mypassword",
    "mysecret", "mysql123", "ncc1701d", "ncc1701e", "newpassword", "nicholas", "nicholas1", "nintendo", "nirvana1",
    "nopassword", "nothing1", "nothing123", "november", "office123", "operator", "oracle123", "orange123", "ou812ou812",
    "p@ssw0rd", "p@ssw0rd!", "p@ssw0rd1", "p@ssw0rd123", "p@ssword", "p@ssword1", "pa$$w0rd", "pa$$word", "pa55w0rd",
    "pa55word", "packers1", "pakistan", "pakistan1", "pakistan123", "pass1234", "pass12345", "pass@123", "pass@word1",
    "passpass", "passport", "passport1", "passw0rd", "passw0rd1", "password", "password!", "password#1", "password.1",
    "password0", "password00", "password01", "password02", "password1", "password1!", "password10", "password11",
    "password12", "password123", "password1234", "password12345", "password123456", "password13", "password2",
    "password2020", "password2021", "password2022", "password2023", "password2024", "password2025", "password21",
    "password22", "password3", "password69", "password7", "password9", "password99", "password@1", "password@123",
    "passwords", "passwort", "passwort1", "passwort123", "patricia", "patrick1", "pepper123", "philippines",
    "pineapple", "playstation", "poiuytrewq", "pokemon1", "pokemon123", "porsche1", "postgres", "postgres1", "princess",
    "princess1", "princess12", "princess123", "purple123", "pussycat", "q12345678", "q1w2e3r4", "q1w2e3r4t5",
    "q1w2e3r4t5y6", "qazqazqaz", "qazwsx123", "qazwsxedc", "qazxswedc", "qq123456", "qwe12345", "qwe123456",
    "qweasd123", "qweasdzxc", "qwer1234", "qwerqwer", "qwert123", "qwerty01", "qwerty11", "qwerty12", "qwerty123",
    "qwerty1234", "qwerty12345", "qwerty123456", "qwerty78", "qwerty99", "qwertyqwerty", "qwertyui", "qwertyuiop",
    "qwertyuiop123", "qwertzui", "qwertzuiop", "rainbow1", "rainbow123", "realmadrid", "redskins", "remember",
    "remember1", "roblox123", "rockstar", "rockstar1", "rodriguez", "root1234", "root12345", "rootroot", "russia123",
    "samantha", "samantha1", "sample123", "scooter1", "scorpion", "secret12", "secret123", "secret1234", "security",
    "security1", "september", "server123", "service1", "sexy1234", "sexysexy", "shadow12", "shadow123", "silver123",
    "singapore", "slipknot", "slipknot1", "smokey123", "snowball", "snowflake", "soccer10", "soccer12", "soccer123",
    "softball", "softball1", "something", "something1", "spiderman", "spiderman1", "spring123", "spring2023",
    "spring2024", "spring2025", "startrek", "starwars", "starwars1", "steelers", "steelers1", "stephanie", "strawberry",
    "summer12", "summer123", "summer2020", "summer2021", "summer2022", "summer2023", "summer2024", "summer2025",
    "sunshine", "sunshine1", "sunshine123", "superman", "superman1", "superman123", "superstar", "superstar1",
    "support1", "sweetheart", "sweetness", "sweetpea", "system32", "temp1234", "temp@123", "temporary", "temppass",
    "test1234", "test12345", "test123456", "test@123", "tester123", "testing1", "testing123", "testtest", "testtest1",
    "thankyou1", "thepassword", "thunder1", "thunder123", "thunderbird", "thx11380", "tigger123", "toor1234",
    "topsecret", "topsecret1", "trustno1", "trustnoone", "undertaker", "universe", "unknown1", "user1234", "username",
    "username1", "useruser", "vacation1", "veronica", "victoria", "victoria1", "volleyball", "warcraft", "welcome!",
    "welcome01", "welcome1", "welcome12", "welcome123", "welcome1234", "welcome2", "welcome@123", "whatever",
    "whatever1", "winter123", "winter2020", "winter2021", "winter2022", "winter2023", "winter2024", "winter2025",
    "xbox360x", "yankees1", "yankees123", "yellow123", "z1234567", "zaq12wsx", "zaq1xsw2", "zaq1zaq1", "zxcv1234",
    "zxcvbnm,", "zxcvbnm1", "zxcvbnm123", "zxcvzxcv",
});
static_assert(std::is_sorted(kCommon.begin(), kCommon.end()));

}  // namespace

bool is_common_password(std::string_view key) { return std::binary_search(kCommon.begin(), kCommon.end(), key); }

}  // namespace gatehouse::crypto
