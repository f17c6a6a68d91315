#!/usr/bin/env python3
"""Who was last? The five flows that ended last, and what all flows together had to send again.

    slowest_flows.py RESULT.h5
"""
import sys

import lightloom


def figures(path):
    with lightloom.open(path) as result:
        flows = result.table("flows")
        last = flows.nlargest(5, "delivered_ps")[["source", "destination", "payload_bytes", "delivered_ps"]]
        return {"last": last, "completion_ps": int(last["delivered_ps"].iloc[0]),
                "retransmissions": int(flows["retransmissions"].sum()), "timeouts": int(flows["timeouts"].sum()),
                "payload_bytes": int(flows["payload_bytes"].sum())}


if __name__ == "__main__":
    of = figures(sys.argv[1])
    print(of["last"].assign(delivered_us=of["last"]["delivered_ps"] / 1e6).drop(columns="delivered_ps").to_string())
    print(f"{of['retransmissions']} packets sent again, {of['timeouts']} time-outs")
