#!/bin/sh
# Which topology and optics for 1,024 GPUs? Five optics between switches x four topologies, set side by side.
#     optics-and-topology.sh LIGHTLOOM [OPTION of lightloom compare...]
set -eu
lightloom=$1
shift
here=$(dirname "$0")
for topology in leaf-spine rails clos planes; do
    tiers="leaf-spine"
    if [ "$topology" = clos ]; then tiers="leaf-spine spine-core"; fi
    for optics in sr4 dr4 fr4 lpo twin; do
        case $optics in
            sr4) module=400gbase-sr4 fibre=om4 family=mpo-mm-apc-low-loss ;;
            dr4) module=400gbase-dr4 fibre=os2 family=mpo-apc-low-loss ;;
            fr4) module=400gbase-fr4 fibre=os2 family=lc-upc-grade-b ;;
            lpo) module=400g-dr4-lpo fibre=os2 family=mpo-apc-low-loss ;;
            twin) module=800g-2xdr4 fibre=os2 family=mpo-apc-low-loss ;;
        esac
        design="$topology-$optics=$here/1024-$topology.toml"
        for tier in $tiers; do
            design="$design@tier.$tier.module=$module@tier.$tier.fibre=$fibre@tier.$tier.connectors.family=$family"
        done
        set -- "$@" "$design"
    done
done
exec "$lightloom" compare "$@"
