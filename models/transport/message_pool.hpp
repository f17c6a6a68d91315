// MessagePool: the messages that the senders of one node have been given and that are not acknowledged yet, as rows of
// one table. A flow's messages are a ring through it, in the order in which they were given; free rows are a list. So a
// pending message takes 32 bytes, one that lies in the future none, and nothing is allocated once the table is as long
// as a node's messages have ever been.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.hpp"

namespace lightloom {

struct Message {
    std::uint64_t packets;     // how many it takes
    Time opened;               // when its first was about to be sent
    std::uint32_t tail_bytes;  // payload of its last
    std::uint32_t next = 0;    // of its flow, or of the free rows
};

class MessagePool {
public:
    static constexpr std::uint32_t kNone = UINT32_MAX;

    Message& operator[](std::uint32_t row) { return rows_[row]; }
    const Message& operator[](std::uint32_t row) const { return rows_[row]; }
    std::uint32_t add(const Message& message) {
        if (free_ == kNone) {
            rows_.push_back(message);
            return static_cast<std::uint32_t>(rows_.size() - 1);
        }
        const std::uint32_t row = free_;
        free_ = rows_[row].next;
        rows_[row] = message;
        return row;
    }
    void remove(std::uint32_t row) {
        rows_[row].next = free_;
        free_ = row;
    }

private:
    std::vector<Message> rows_;
    std::uint32_t free_ = kNone;
};

}  // namespace lightloom
