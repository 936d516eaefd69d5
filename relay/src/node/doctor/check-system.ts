import { shortBytes } from '../screen/figures.js'
import { type Finding, failure, noted, ok, warning } from './finding.js'
import type { SystemFacts } from './system-facts.js'

const fewestDescriptors = 256
/** A relay needs one for each client, and some more. */
const usualDescriptors = 4096
const usualBacklog = 1024
const usualPorts = 20_000
const leastMemory = 256 * 1024 ** 2

/**
 * Checks the limits of the system.
 * @param connections - the clients that the configuration allows
 */
export function checkSystem(facts: SystemFacts, connections?: number): readonly Finding[] {
  return [checkDescriptors(facts, connections), checkBacklog(facts), checkLocalPorts(facts), ...checkMemory(facts)]
}

function checkDescriptors({ descriptors }: SystemFacts, connections: number | undefined): Finding {
  if (descriptors === Number.POSITIVE_INFINITY) return ok('system', 'file descriptors: no limit')
  const has = `this shell allows ${descriptors} file descriptors`
  const wanted = connections === undefined ? 65_536 : Math.max(usualDescriptors, connections + 1024)
  const remedy = `raise it with "ulimit -n ${wanted}", or LimitNOFILE=${wanted} in systemd`
  if (descriptors < fewestDescriptors) return failure('system', `${has}; each client needs one`, remedy)
  if (connections !== undefined && descriptors < connections)
    return failure('system', `${has}, and "connections" in [limits] is ${connections}`, remedy)
  return descriptors < usualDescriptors
    ? warning('system', `${has}; each client needs one`, remedy)
    : ok('system', `file descriptors: ${descriptors}`)
}

function checkBacklog({ somaxconn }: SystemFacts): Finding {
  if (somaxconn === undefined) return noted('system', 'the queue of new connections (somaxconn) is not known here')
  return somaxconn < usualBacklog
    ? warning(
        'system',
        `net.core.somaxconn is ${somaxconn}: when many clients come back at once, the system drops connections`,
        'run "sysctl -w net.core.somaxconn=4096", and write it to /etc/sysctl.d',
      )
    : ok('system', `net.core.somaxconn: ${somaxconn}`)
}

function checkLocalPorts({ localPorts }: SystemFacts): Finding {
  if (localPorts === undefined) return noted('system', 'the range of local ports is not known here')
  return localPorts < usualPorts
    ? warning(
        'system',
        `net.ipv4.ip_local_port_range has ${localPorts} ports: a proxy here has no more connections to a relay`,
        'run "sysctl -w net.ipv4.ip_local_port_range=\'10240 65535\'", and write it to /etc/sysctl.d',
      )
    : ok('system', `local ports: ${localPorts}`)
}

function checkMemory({ memory, heap }: SystemFacts): readonly Finding[] {
  if (memory === undefined) return [ok('system', 'memory: the cgroup has no limit')]
  const has = `the cgroup allows ${shortBytes(memory)} of memory`
  if (memory < leastMemory)
    return [warning('system', has, 'give a relay 256 MiB or more (MemoryMax, resources.limits.memory)')]
  if (heap <= memory) return [ok('system', has)]
  const most = Math.floor((memory * 0.75) / 1024 ** 2)
  const remedy = `set NODE_OPTIONS=--max-old-space-size=${most}, or raise the limit of the cgroup`
  return [warning('system', `${has}, and Node takes up to ${shortBytes(heap)}: the system may end it`, remedy)]
}
