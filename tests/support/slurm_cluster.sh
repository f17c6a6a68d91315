#!/usr/bin/env bash
# A Slurm cluster of several nodes on this machine, for tests: everything it writes is in one folder, and it listens on
# the loopback only. Needs Debian's slurm-wlm and munge; root, or a user whose name munged may run under.
#     slurm_cluster.sh up FOLDER NODES       then: export SLURM_CONF=FOLDER/slurm.conf
#     slurm_cluster.sh lose FOLDER NODE      kills a node's daemon and all that ran under it, and reports the loss
#     slurm_cluster.sh requeue FOLDER        sends all that runs back to the queue, as an operator does
#     slurm_cluster.sh expire FOLDER         lets the time limit of all that runs end now
#     slurm_cluster.sh cancel FOLDER         all jobs
#     slurm_cluster.sh down FOLDER
set -euo pipefail

action=$1 folder=$(realpath "$2")
export SLURM_CONF=$folder/slurm.conf
cpus_per_node=2

start_munge() {
    local -a as_munge=()
    mkdir -p "$folder/munge"
    mungekey --create --keyfile="$folder/munge/key"
    if [[ $(id -u) -eq 0 ]]; then
        chmod 755 "$folder"
        chown -R munge: "$folder/munge"
        as_munge=(runuser -u munge --)
    fi
    chmod 711 "$folder/munge"
    chmod 400 "$folder/munge/key"
    "${as_munge[@]}" munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
        --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
}

# Ports are taken from the process number, so that two clusters can stand side by side, and from below those that any
# connection of this machine may take.
write_configuration() {
    local nodes=$1 port=$((20000 + $$ % 190 * 64)) user host node
    user=$(id -un) host=$(hostname -s)
    {
        echo "ClusterName=loopback"
        echo "SlurmctldHost=$host(127.0.0.1)"
        echo "SlurmctldPort=$port"
        echo "SlurmUser=$user"
        echo "SlurmdUser=$user"
        echo "AuthType=auth/munge"
        echo "AuthInfo=socket=$folder/munge/socket"
        echo "CredType=cred/munge"
        echo "CommunicationParameters=NoInAddrAny,NoCtldInAddrAny"
        echo "StateSaveLocation=$folder/state"
        echo "SlurmdSpoolDir=$folder/spool-%n"
        echo "SlurmctldPidFile=$folder/controller.pid"
        echo "SlurmdPidFile=$folder/%n.pid"
        echo "SlurmctldLogFile=$folder/controller.log"
        echo "SlurmdLogFile=$folder/%n.log"
        # No control groups and no accounting: they want a system with an init.
        echo "ProctrackType=proctrack/linuxproc"
        echo "TaskPlugin=task/none"
        echo "JobAcctGatherType=jobacct_gather/none"
        echo "AccountingStorageType=accounting_storage/none"
        echo "MpiDefault=none"
        echo "SwitchType=switch/none"
        echo "SelectType=select/cons_tres"
        echo "SelectTypeParameters=CR_CPU"
        # Nodes may claim more cores than there are; jobs start at once.
        echo "SlurmdParameters=config_overrides"
        echo "SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,sched_interval=1"
        echo "ReturnToService=2"
        echo "KillWait=1"
        for ((node = 1; node <= nodes; ++node)); do
            mkdir -p "$folder/spool-node$node"
            echo "NodeName=node$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + node))" \
                "CPUs=$cpus_per_node RealMemory=512 State=UNKNOWN"
        done
        echo "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP"
    } >"$SLURM_CONF"
}

up() {
    local nodes=$1 node tries
    mkdir -p "$folder/state"
    start_munge
    write_configuration "$nodes"
    slurmctld -c
    for ((node = 1; node <= nodes; ++node)); do slurmd -N "node$node"; done
    for ((tries = 0; tries < 200; ++tries)); do
        [[ $(sinfo --noheader --Node --format=%t 2>/dev/null | grep -c '^idle$') -eq $nodes ]] && return 0
        sleep 0.1
    done
    echo "the nodes did not come up" >&2
    return 1
}

# What descends from a process, itself last.
tree_of() {
    local child
    for child in $(pgrep -P "$1" || true); do tree_of "$child"; done
    echo "$1"
}

# The steps of a node's jobs are no children of its daemon any more; their command line names the node's job.
lose() {
    local node=$1 job step
    local -a victims=("$(cat "$folder/$node.pid")")
    for job in $(squeue --noheader --array-unique --states=running --nodelist="$node" --format=%A); do
        for step in $(pgrep -f "slurmstepd: \[$job\." || true); do
            tr '\0' '\n' <"/proc/$step/environ" | grep -qx "SLURM_CONF=$SLURM_CONF" || continue
            mapfile -t -O "${#victims[@]}" victims < <(tree_of "$step")
        done
    done
    kill -9 "${victims[@]}" 2>/dev/null || true
    # Slurm finds out by itself within its timeout, and then waits two minutes; an operator makes both shorter.
    scontrol update NodeName="$node" State=DOWN Reason=lost
    hasten
}

running() { squeue --noheader --array --states=running --format=%i; }

hasten() {
    local job
    for job in $(squeue --noheader --array --states=pending --format=%i); do
        # One that has begun since it was listed has nothing to wait for.
        scontrol update JobId="$job" StartTime=now ||
            [[ -z $(squeue --noheader --states=pending --jobs="$job" --format=%i 2>/dev/null) ]]
    done
}

requeue() {
    local job tries
    for job in $(running); do scontrol requeue "$job"; done
    # They are put off by two minutes once their processes have ended, which may be between two looks.
    for ((tries = 0; tries < 300; ++tries)); do
        hasten
        [[ -n $(running) || -z $(squeue --noheader) ]] && return 0
        sleep 0.1
    done
    echo "what was requeued does not run" >&2
    return 1
}

# Limits are counted in minutes, their ends in seconds; Slurm looks for them twice a minute.
expire() {
    local job
    for job in $(running); do scontrol update JobId="$job" EndTime=now+1; done
}

cancel() { scancel --name=lightloom-sweep; }

down() {
    local signal file
    for signal in TERM KILL; do
        for file in "$folder"/node*.pid "$folder/controller.pid" "$folder/munge/pid"; do
            [[ -s $file ]] && kill -s $signal "$(cat "$file")" 2>/dev/null || true
        done
        [[ $signal == KILL ]] || sleep 0.5
    done
}

"$action" "${@:3}"
