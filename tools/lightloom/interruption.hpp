// Ctrl-C, SIGTERM: noted, so that a run can end between two windows and leave a readable file. A second one kills at
// once, as it would have without us.
#pragma once

namespace lightloom {

/// From now on writing beyond a file size limit fails instead of killing.
void outlive_file_size_limit();

/// Likewise, and those signals are noted, for whoever asks interruption() often: nothing else heeds the first of them.
void listen_for_interruption();

/// The signal that asked the run to end; 0: none so far.
int interruption();

}  // namespace lightloom
