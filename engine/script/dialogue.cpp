#include "engine/script/dialogue.hpp"

#include <chrono>

#include "engine/records.hpp"
#include "engine/script/language_rules.hpp"
#include "engine/script/prompting.hpp"
#include "engine/script/splitter.hpp"

namespace reeld::engine {
namespace {

using providers::Message;
using providers::Provenance;

std::string now_text() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return time_text(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

// The cost is known only where that of every call is.
void add(std::optional<Provenance>& sum, const Provenance& call) {
  if (!sum) {
    sum = call;
    return;
  }
  sum->model_used = call.model_used;
  sum->request_count += call.request_count;
  sum->input_tokens += call.input_tokens;
  sum->output_tokens += call.output_tokens;
  sum->thought_tokens += call.thought_tokens;
  sum->cached_tokens += call.cached_tokens;
  sum->response_seconds += call.response_seconds;
  sum->cost_usd =
      sum->cost_usd && call.cost_usd ? std::optional(*sum->cost_usd + *call.cost_usd) : std::nullopt;
}

class Dialogue {
 public:
  Dialogue(const Assignment& assignment, const ScriptTools& tools) : assignment_(assignment), tools_(tools) {}

  Result<Script> run() {
    std::vector<Message> messages = director_messages(assignment_);
    REELD_ASSIGN(Draft draft, drafted(messages, 1));
    for (int round = 1; round <= assignment_.brief.passes; ++round) {
      REELD_ASSIGN(const Critique critique, judged(draft, round));
      if (critique.accepts) break;
      messages.push_back({"assistant", last_draft_});
      messages.push_back({"user", revision_request(critique)});
      REELD_ASSIGN(draft, drafted(messages, round + 1));
    }
    script_.scenes = std::move(draft.scenes);
    const auto title = paragraphs_of(draft.title);
    script_.title =
        title_of_script(assignment_.brief, title.empty() ? script_.scenes.front().text : title.front());
    script_.origin = assignment_.brief.writer.value("provider", tools_.writer->info().name);
    if (!script_.provenance->model_used.empty()) script_.origin += "/" + script_.provenance->model_used;
    return std::move(script_);
  }

 private:
  Result<Draft> drafted(const std::vector<Message>& messages, int iteration) {
    REELD_ASSIGN(last_draft_, said("director", iteration, messages, draft_schema(assignment_)));
    return named("director", iteration, read_draft(last_draft_, assignment_));
  }

  Result<Critique> judged(const Draft& draft, int iteration) {
    REELD_ASSIGN(const std::string answer,
                 said("critic", iteration, critic_messages(assignment_, last_draft_), critique_schema()));
    return named("critic", iteration, read_critique(answer, draft.scenes.size()));
  }

  // One call; what was said goes into the conversation.
  Result<std::string> said(const char* role, int iteration, const std::vector<Message>& messages,
                           const Json& schema) {
    if (tools_.cancelled()) return Error{Code::cancelled, "cancelled while the script was written"};
    if (providers::Clock::now() >= tools_.deadline) {
      return named<std::string>(role, iteration,
                                Error{Code::timed_out, "the time for writing the script is over"});
    }
    const providers::Wish wish = wish_of(messages, schema);
    auto reservation = tools_.reserve(tools_.writer->estimate(wish));
    if (!reservation) return named<std::string>(role, iteration, reservation.error());
    const auto delivered = tools_.writer->fetch(wish, tools_.scratch, tools_.cancelled);
    const bool answered = delivered && !delivered->empty();
    const double cost_usd = answered ? delivered->front().provenance.cost_usd.value_or(0) : 0;
    if (const auto settled = reservation->settle(cost_usd); !settled)
      return named<std::string>(role, iteration, settled.error());
    if (!delivered) return named<std::string>(role, iteration, delivered.error());
    if (!answered) {
      return named<std::string>(role, iteration,
                                Error{Code::response_malformed, "the writer answered with nothing"});
    }
    const providers::Delivery& delivery = delivered->front();
    add(script_.provenance, delivery.provenance);
    if (delivery.provenance.model_used != delivery.provenance.model_asked) {
      script_.warnings.push_back("the " + std::string(role) + " was \"" + delivery.provenance.model_used +
                                 "\" in place of \"" + delivery.provenance.model_asked + "\"");
    }
    script_.conversation.push_back({role, iteration, delivery.text, now_text()});
    return delivery.text;
  }

  providers::Wish wish_of(const std::vector<Message>& messages, const Json& schema) const {
    providers::Wish wish;
    wish.capability = providers::Capability::script;
    wish.params = assignment_.brief.writer;
    wish.params["messages"] = Json::array();
    for (const Message& message : messages) {
      wish.params["messages"].push_back({{"role", message.role}, {"text", message.text}});
    }
    wish.params["schema"] = schema;
    wish.seed = assignment_.brief.seed;
    wish.allow_fallback = assignment_.brief.allow_fallback;
    wish.deadline = tools_.deadline;
    return wish;
  }

  // The same, or its error with who was asked.
  template <class T>
  static Result<T> named(const char* role, int iteration, Result<T> result) {
    if (result || result.error().code == Code::cancelled) return result;
    Error error = result.error();
    error.message =
        "the " + std::string(role) + ", round " + std::to_string(iteration) + ": " + error.message;
    if (!error.path.empty()) error.path = "/writer" + error.path;
    return error;
  }

  const Assignment& assignment_;
  const ScriptTools& tools_;
  Script script_;
  std::string last_draft_;
};

}  // namespace

Result<Script> write_script(const Brief& brief, const ScriptTools& tools) {
  REELD_ASSIGN(const Assignment assignment, assignment_of(brief));
  return Dialogue(assignment, tools).run();
}

}  // namespace reeld::engine
