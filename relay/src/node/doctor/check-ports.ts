import { createServer } from 'node:net'
import type { Config } from '../config/config.js'
import { isTable } from '../config/schema/table.js'
import { type ListenRemedies, listenFailure } from '../listen-failure.js'
import { type Finding, failure, noted, ok } from './finding.js'
import { portOwner } from './port-owner.js'

interface PortToCheck {
  /** The name for operators. */
  readonly name: string
  readonly port: number
  readonly host: string | undefined
}

const answerMs = 2000
const remedies: ListenRemedies = { port: 'choose another', host: 'correct "host"' }

/** Checks that the ports of a configuration are free, or who has them. */
export function checkPorts({ gateways, admin }: Config): Promise<readonly Finding[]> {
  const ports: PortToCheck[] = gateways.map(({ port, host }) => ({ name: `port ${port}`, port, host }))
  if (admin) ports.push({ name: `the admin port ${admin.port}`, ...admin })
  return Promise.all(ports.filter(({ port }) => port !== 0).map(checkPort))
}

async function checkPort({ name, port, host }: PortToCheck): Promise<Finding> {
  const cause = await listening(port, host)
  if (cause === undefined) return ok('ports', `${name} is free`)
  if (cause.code !== 'EADDRINUSE') {
    const why = listenFailure(Object.assign(cause, { port }), remedies)
    const [message = '', remedy = 'choose another'] = (why instanceof Error ? why.message : String(why)).split('; ')
    return failure('ports', message, remedy)
  }
  const owner = portOwner(port)
  const by = owner === undefined ? '' : ` by ${owner}`
  return (await isRelay(port, host))
    ? noted('ports', `${name} is used${by}: a relay runs there`)
    : failure('ports', `${name} is taken${by || ' by another program'}`, 'stop it, or choose another port')
}

/** Resolves with the error of an attempt to listen. */
function listening(port: number, host: string | undefined): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer().once('error', resolve)
    server.listen({ port, ...(host !== undefined && { host }) }, () => server.close(() => resolve(undefined)))
  })
}

/** Whether a relay answers there: a gateway, or an admin port. */
async function isRelay(port: number, host = 'localhost'): Promise<boolean> {
  const answers = ['/healthz', '/sessions?limit=1'].map(async (path) => {
    const named = host.includes(':') ? `[${host}]` : host
    const response = await fetch(`http://${named}:${port}${path}`, { signal: AbortSignal.timeout(answerMs) })
    const value: unknown = await response.json()
    if (!isTable(value) || !('relay' in value || 'sessions' in value)) throw new Error('another server')
  })
  return Promise.any(answers).then(
    () => true,
    () => false,
  )
}
