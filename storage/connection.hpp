// A connection to the database and its prepared statements. Used by one thread at a time. Private to
// storage/.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

namespace reeld::storage {

class Connection : public SQLite::Database {
 public:
  using SQLite::Database::Database;

  std::size_t idle_statements() const { return idle_.size(); }

 private:
  friend class Statement;
  // Prepared and not in use, by their text; the same text is there twice where it was used within itself.
  using Idle = std::unordered_multimap<std::string, std::unique_ptr<SQLite::Statement>>;
  Idle idle_;
};

// A statement borrowed from its connection: prepared at its first use only, without values, and given back at
// the end of its scope. It is taken wherever a SQLite::Statement& is.
class Statement {
 public:
  Statement(Connection& db, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  operator SQLite::Statement&() { return *prepared_.mapped(); }

  template <class... Value>
  void bind(int index, const Value&... value) {
    prepared_.mapped()->bind(index, value...);
  }
  bool executeStep() { return prepared_.mapped()->executeStep(); }
  int exec() { return prepared_.mapped()->exec(); }  // gives how many rows it changed
  void reset() { prepared_.mapped()->reset(); }
  SQLite::Column getColumn(int index) { return prepared_.mapped()->getColumn(index); }

 private:
  Connection& db_;
  Connection::Idle::node_type prepared_;
};

}  // namespace reeld::storage
