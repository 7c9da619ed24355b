#include "mail/delivery.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "mail/delivery_test_support.hpp"

namespace gatehouse::mail {
namespace {

using namespace std::chrono_literals;
using testing::Journal;
using testing::mail;
using testing::ScriptedQueue;
using testing::ScriptedTransport;

// What the doubles are told to do holds its own state: the delivery runs until the fixture ends.
class Deliveries : public ::testing::Test {
 protected:
  Delivery& start(Delivery::Options options = {}) {
    options.sender = {"gatehouse@example.test", "Gatehouse"};
    options.message_id_host = "id.example.test";
    if (options.poll_interval == 1000ms) options.poll_interval = 1h;  // so that only wake() wakes
    delivery = std::make_unique<Delivery>(
        transport, queue, options, [this](std::string_view what) { journal.write("report: " + std::string(what)); });
    delivery->start();
    return *delivery;
  }

  Journal journal;
  ScriptedTransport transport{journal};
  ScriptedQueue queue{journal};
  std::unique_ptr<Delivery> delivery;
};

using Lines = std::vector<std::string>;

TEST_F(Deliveries, SendWhatIsDueAndTellEachOutcome) {
  for (std::uint8_t number = 1; number <= 3; ++number) queue.add(mail(number));
  Delivery::Options options;
  options.batch = 2;
  start(options);
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "sent 1", "send 2", "sent 2", "send 3", "sent 3"}));
}

TEST_F(Deliveries, MakeTheWholeMessage) {
  queue.add(mail(7));
  start();
  journal.wait_for("sent 7");
  delivery->stop();
  EXPECT_EQ(transport.last.id, mail(7).id);
  EXPECT_EQ(transport.last.host, "id.example.test");
  EXPECT_EQ(transport.last.created_at, mail(7).created_at);
  EXPECT_EQ(transport.last.from.address, "gatehouse@example.test");
  EXPECT_EQ(transport.last.from.name, "Gatehouse");
  EXPECT_EQ(transport.last.to.address, "ana@example.test");
  EXPECT_EQ(transport.last.to.name, "Ana");
  EXPECT_EQ(transport.last.subject, "Acme and Bright Ads are connected");
  EXPECT_NE(transport.last.text.find("Bright Ads has accepted the invitation"), std::string::npos);
  EXPECT_NE(transport.last.html.find("<bdi>Bright Ads</bdi> has accepted the invitation"), std::string::npos);
}

TEST_F(Deliveries, TellWhatWillPassFromWhatWillNot) {
  transport.answer = [](const Message& message) -> Result<void> {
    if (message.id.bytes[15] == 1) return Error{ErrorKind::kUnavailable, "mail.unavailable", "no route"};
    if (message.id.bytes[15] == 2) return invalid("mail.refused", "nobody of that name");
    return {};
  };
  for (std::uint8_t number = 1; number <= 3; ++number) queue.add(mail(number));
  start();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "put off 1: mail.unavailable: no route", "send 2",
                                    "given up 2: mail.refused: nobody of that name", "send 3", "sent 3"}));
}

TEST_F(Deliveries, GiveUpWhatCannotBeWritten) {
  auto incomplete = mail(1);
  incomplete.parameters.erase("reader");
  auto unknown = mail(2);
  unknown.template_name = "newsletter";
  queue.add(incomplete);
  queue.add(unknown);
  start();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"given up 1: mail.template_invalid: The parameter reader is missing.",
                                    "given up 2: mail.template_invalid: There is no such template."}));
}

TEST_F(Deliveries, OutliveATransportThatThrows) {
  transport.answer = [](const Message& message) -> Result<void> {
    if (message.id.bytes[15] == 1) throw std::runtime_error("no memory");
    return {};
  };
  queue.add(mail(1));
  queue.add(mail(2));
  start();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "put off 1: no memory", "send 2", "sent 2"}));
}

TEST_F(Deliveries, ReportAQueueThatFailsAndTryAgain) {
  queue.trouble = [failures = 2](const std::string& call) mutable {
    if (call == "take" && failures-- > 0) throw std::runtime_error("disk full");
  };
  queue.add(mail(1));
  start();
  journal.wait_for("report: disk full");
  delivery->wake();
  journal.wait_for("report: disk full", 2);
  delivery->wake();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"report: disk full", "report: disk full", "send 1", "sent 1"}));
}

TEST_F(Deliveries, DoNotSendAgainWhatTheQueueCouldNotBeTold) {
  queue.trouble = [failures = 2](const std::string& call) mutable {
    if (call == "sent" && failures-- > 0) throw std::runtime_error("disk full");
  };
  queue.add(mail(1));
  queue.add(mail(2));
  start();
  journal.wait_for("report: disk full");
  delivery->wake();
  journal.wait_for("report: disk full", 2);
  delivery->wake();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "report: disk full", "report: disk full", "sent 1", "send 2", "sent 2"}));
}

TEST_F(Deliveries, DoNotSendWhatAnotherHasTakenOverMeanwhile) {
  queue.lost = [](const Uuid& id) { return id.bytes[15] == 2; };
  for (std::uint8_t number = 1; number <= 3; ++number) queue.add(mail(number));
  start();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "sent 1", "lost 2", "send 3", "sent 3"}));
}

TEST_F(Deliveries, SendNothingOfWhichTheQueueCannotSayWhoseItIs) {
  queue.trouble = [failures = 1](const std::string& call) mutable {
    if (call == "hold" && failures-- > 0) throw std::runtime_error("disk full");
  };
  queue.add(mail(1));
  start();
  journal.wait_for("report: disk full");
  delivery->wake();
  journal.wait_for("nothing due");
  EXPECT_EQ(journal.lines(), (Lines{"report: disk full", "send 1", "sent 1"}));
}

TEST_F(Deliveries, AreWokenByANewMail) {
  start();
  journal.wait_for("nothing due");
  queue.add(mail(1));
  delivery->wake();
  journal.wait_for("sent 1");
}

TEST_F(Deliveries, DoNotSleepThroughAMailThatCameDuringATurn) {
  queue.trouble = [this, added = false](const std::string& call) mutable {
    if (call != "took" || added) return;
    added = true;  // after the queue was found empty, before the delivery sleeps
    queue.add(mail(1));
    delivery->wake();
  };
  start();
  journal.wait_for("sent 1");
}

TEST_F(Deliveries, LookAgainWithoutBeingWoken) {
  Delivery::Options options;
  options.poll_interval = 1ms;
  start(options);
  journal.wait_for("nothing due", 3);
  queue.add(mail(1));
  journal.wait_for("sent 1");
}

TEST_F(Deliveries, StopWhileTheySleep) {
  start();
  journal.wait_for("nothing due");
  delivery->stop();
  delivery->stop();
  EXPECT_EQ(journal.lines(), Lines{});
}

TEST_F(Deliveries, WhenStoppedTellOfTheMailInHandAndTakeNoOther) {
  transport.answer = [this](const Message&) -> Result<void> {
    journal.wait_for("interrupt");
    return Error{ErrorKind::kUnavailable, "mail.unavailable", "interrupted"};
  };
  queue.add(mail(1));
  queue.add(mail(2));
  Delivery::Options options;
  options.stop_grace = 0ms;
  start(options);
  journal.wait_for("send 1");
  delivery->stop();
  EXPECT_EQ(journal.lines(), (Lines{"send 1", "interrupt", "put off 1: mail.unavailable: interrupted"}));
}

TEST_F(Deliveries, ThatNeverStartedStop) {
  Delivery idle(transport, queue, {}, [](std::string_view) {});
  idle.stop();
  EXPECT_EQ(journal.lines(), Lines{});
}

}  // namespace
}  // namespace gatehouse::mail
