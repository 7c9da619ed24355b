#include "domain/identification_types/identification_types.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support_cpp/domain_fixture.hpp"
#include "support_cpp/many_rows.hpp"

namespace gatehouse::domain {
namespace {

using access::Action;
using gatehouse::testing::code;
using gatehouse::testing::Domain;
using gatehouse::testing::need;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class IdentificationTypes_ : public ::testing::Test {
 protected:
  IdentificationTypes_() : root(domain.user("root")), ann(domain.user("ann")) {
    domain.join(root, domain.platform, {"Super Admin"});
    as_root = domain.as(root);
    as_ann = domain.as(ann);
  }
  Result<IdentificationType> create(const NewIdentificationType& in) {
    return types.create(domain.permit<Action::kCatalogueEdit>(as_root), in);
  }
  Result<IdentificationType> update(const IdentificationType& type, const IdentificationTypePatch& patch) {
    return types.update(domain.permit<Action::kCatalogueEdit>(as_root), type.id, patch);
  }
  Result<void> remove(const IdentificationType& type) {
    return types.remove(domain.permit<Action::kCatalogueEdit>(as_root), type.id);
  }
  std::vector<IdentificationType> list() { return types.list(domain.permit<Action::kAccountGet>(as_ann)); }
  std::vector<std::string> codes() {
    std::vector<std::string> codes;
    for (const auto& type : list()) codes.push_back(type.code);
    return codes;
  }
  IdentificationType type(const std::string& code) {
    for (const auto& type : list()) {
      if (type.code == code) return type;
    }
    throw std::runtime_error("no type " + code);
  }
  Result<IdentificationType> get(const IdentificationTypeId& id) {
    return types.get(domain.permit<Action::kAccountGet>(as_ann), id);
  }
  Result<Identification> check(const IdentificationTypeId& id, std::string_view number) {
    Result<Identification> answer{Identification{}};
    domain.database->read([&](sql::Tx& tx) { answer = IdentificationTypes::check(tx, id, number); });
    return answer;
  }
  bool takes(const std::string& of, std::string_view number) { return check(type(of).id, number).ok(); }
  std::string last_action() {
    std::string action;
    domain.database->read([&](sql::Tx& tx) {
      action = tx.first("SELECT action FROM changes ORDER BY revision DESC LIMIT 1", {}, [](const sql::Row& row) {
                   return std::string(row.text(0));
                 }).value_or("");
    });
    return action;
  }

  Domain domain;
  IdentificationTypes types{*domain.ledger};
  User root, ann;
  Principal as_root, as_ann;
};

TEST_F(IdentificationTypes_, BeginWithTheDocumentsOfColombia) {
  need(types.ensure());
  EXPECT_THAT(codes(), ElementsAre("CC", "CE", "NIP", "NIT", "PAS", "PPT", "TI"));
  EXPECT_EQ(type("CC").name, "Cédula de ciudadanía");
  EXPECT_EQ(type("PAS").name, "Pasaporte");
}

TEST_F(IdentificationTypes_, BeginOnceAndStayAsTheyWereMadeSince) {
  need(types.ensure());
  need(remove(type("NIP")));
  need(update(type("PAS"), {.name = "Pasaporte nacional"}));
  need(types.ensure());
  EXPECT_THAT(codes(), ElementsAre("CC", "CE", "NIT", "PAS", "PPT", "TI"));
  EXPECT_EQ(type("PAS").name, "Pasaporte nacional");
}

TEST_F(IdentificationTypes_, TakeNumbersOfTheirFormatOnly) {
  need(types.ensure());
  const auto digits = [](std::size_t count) { return std::string(count, '7'); };
  const struct {
    std::string code;
    std::size_t least, most;
    bool has_letters;
  } formats[]{{"CC", 5, 12, false},  {"CE", 6, 12, false},   {"NIP", 10, 10, false}, {"TI", 5, 11, false},
              {"PPT", 14, 15, true}, {"NIT", 10, 10, false}, {"PAS", 6, 14, true}};
  for (const auto& format : formats) {
    EXPECT_TRUE(takes(format.code, digits(format.least))) << format.code;
    EXPECT_TRUE(takes(format.code, digits(format.most))) << format.code;
    EXPECT_FALSE(takes(format.code, digits(format.least - 1))) << format.code;
    EXPECT_FALSE(takes(format.code, digits(format.most + 1))) << format.code;
    EXPECT_EQ(takes(format.code, "A" + digits(format.least - 1)), format.has_letters) << format.code;
    EXPECT_FALSE(takes(format.code, digits(format.least - 1) + "-")) << format.code;
    EXPECT_FALSE(takes(format.code, digits(format.least - 1) + "é")) << format.code;
  }
}

TEST_F(IdentificationTypes_, SayWhichFieldIsWrong) {
  need(types.ensure());
  const auto unknown = check({}, "12345");
  ASSERT_EQ(code(unknown), "identification_type.not_found");
  EXPECT_EQ(unknown.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(unknown.error().fields.at(0).field, "identification_type_id");
  for (const auto* bad : {"", "  ", "12 34 56", "1234\x01", "12345\n", "1234", "\xff"}) {
    const auto refused = check(type("CC").id, bad);
    ASSERT_EQ(code(refused), "identification.number_invalid") << bad;
    EXPECT_EQ(refused.error().fields.at(0).field, "identification_number");
  }
}

TEST_F(IdentificationTypes_, CompareNumbersWithoutCaseAndBlanksAtTheEnds) {
  need(types.ensure());
  const auto checked = need(check(type("PAS").id, "  Ab12345 "));
  EXPECT_EQ(checked.type, type("PAS").id);
  EXPECT_EQ(checked.number, "Ab12345");
  EXPECT_EQ(checked.key, need(check(type("PAS").id, "aB12345")).key);
  EXPECT_NE(checked.key, need(check(type("PAS").id, "aB12346")).key);
}

TEST_F(IdentificationTypes_, TakeAnyNumberWithoutAPattern) {
  const auto any = need(create({"DNI", "Documento", ""}));
  EXPECT_EQ(any.pattern, std::nullopt);
  EXPECT_EQ(need(check(any.id, "12.345.678-Ñ")).number, "12.345.678-Ñ");
  EXPECT_TRUE(check(any.id, std::string(50, '1')).ok());
  EXPECT_EQ(code(check(any.id, std::string(51, '1'))), "identification.number_invalid");
}

TEST_F(IdentificationTypes_, AskAChangedPatternOfNumbersGivenSince) {
  const auto dni = need(create({"DNI", "Documento", "[0-9]{8}|X"}));
  EXPECT_TRUE(check(dni.id, "12345678").ok());
  EXPECT_TRUE(check(dni.id, "X").ok());
  EXPECT_FALSE(check(dni.id, "123456789").ok());
  need(update(dni, {.pattern = "[0-9]{9}"}));
  EXPECT_FALSE(check(dni.id, "12345678").ok());
  EXPECT_TRUE(check(dni.id, "123456789").ok());
  need(update(dni, {.pattern = ""}));
  EXPECT_TRUE(check(dni.id, "1").ok());
}

TEST_F(IdentificationTypes_, TellEveryFaultOfWhatIsGiven) {
  const auto made = create({"", std::string(101, 'a'), "[0-9"});
  ASSERT_EQ(code(made), "identification_type.invalid");
  std::vector<std::string> fields;
  for (const auto& fault : made.error().fields) fields.push_back(fault.field);
  EXPECT_THAT(fields, ElementsAre("code", "name", "pattern"));
  EXPECT_EQ(code(create({std::string(21, 'a'), "x", {}})), "identification_type.invalid");
  EXPECT_EQ(code(create({"x", "x", std::string(201, 'a')})), "identification_type.invalid");
  EXPECT_EQ(code(create({std::string(20, 'a'), std::string(100, 'a'), "a"})), "ok");
  EXPECT_EQ(codes().size(), 1U);
}

TEST_F(IdentificationTypes_, ShareNoCodeInAnyCase) {
  need(types.ensure());
  EXPECT_EQ(code(create({"cc", "x", {}})), "identification_type.code_taken");
  EXPECT_EQ(code(update(type("CE"), {.code = "cc"})), "identification_type.code_taken");
  EXPECT_EQ(code(update(type("CE"), {.code = "ce"})), "ok");
  EXPECT_EQ(need(get(type("ce").id)).name, "Cédula de extranjería");
}

TEST_F(IdentificationTypes_, ChangeOnlyWhereThePatchSaysSo) {
  const auto dni = need(create({"DNI", "Documento", "[0-9]{8}"}));
  const auto renamed = need(update(dni, {.name = "Documento nacional"}));
  EXPECT_EQ(renamed.code, "DNI");
  EXPECT_EQ(need(get(dni.id)).name, "Documento nacional");
  EXPECT_EQ(need(get(dni.id)).pattern, "[0-9]{8}");
  EXPECT_EQ(code(update(dni, {.pattern = "("})), "identification_type.invalid");
  EXPECT_EQ(need(get(dni.id)).pattern, "[0-9]{8}");
}

TEST_F(IdentificationTypes_, AreLoggedWhenTheyChangeAndOnlyThen) {
  const auto dni = need(create({"DNI", "Documento", {}}));
  EXPECT_EQ(last_action(), "identification_type.created");
  need(update(dni, {.code = "DNI"}));
  EXPECT_EQ(last_action(), "identification_type.created");
  need(update(dni, {.pattern = "[0-9]+"}));
  EXPECT_EQ(last_action(), "identification_type.updated");
  need(remove(dni));
  EXPECT_EQ(last_action(), "identification_type.removed");
}

TEST_F(IdentificationTypes_, AreRemovedOnlyWhenNoAccountHasOne) {
  const auto dni = need(create({"DNI", "Documento", {}}));
  domain.unit([&](Unit& unit) {
    unit.tx().execute("UPDATE users SET identification_type_id = $1 WHERE no = $2", {dni.id, ann.no.value});
  });
  EXPECT_EQ(code(remove(dni)), "identification_type.in_use");
  domain.unit([&](Unit& unit) { unit.tx().execute("UPDATE users SET identification_type_id = NULL"); });
  EXPECT_EQ(code(remove(dni)), "ok");
  EXPECT_THAT(codes(), IsEmpty());
  EXPECT_EQ(code(remove(dni)), "identification_type.not_found");
  EXPECT_EQ(code(update(dni, {.name = "x"})), "identification_type.not_found");
  EXPECT_EQ(code(get(dni.id)), "identification_type.not_found");
}

TEST_F(IdentificationTypes_, AreAThousandAtMost) {
  domain.unit([](Unit& unit) {
    testing::insert_many(unit.tx(), "identification_types (id, code, code_key, name, created_at)",
                         "{0}, {1}, {1}, {1}, 0", kMaxIdentificationTypes - 1);
  });
  const auto last = need(create({"last", "x", {}}));
  EXPECT_EQ(code(create({"more", "x", {}})), "identification_type.too_many");
  need(remove(last));
  EXPECT_EQ(code(create({"more", "x", {}})), "ok");
}

TEST_F(IdentificationTypes_, AreForAdministratorsToChange) {
  EXPECT_EQ(code(domain.ledger->policy().permit<Action::kCatalogueEdit>(as_ann, domain.now())), "access.forbidden");
}

}  // namespace
}  // namespace gatehouse::domain
