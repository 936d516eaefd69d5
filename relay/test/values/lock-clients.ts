import type { StartedRelay } from '../start-relay.js'
import { type V1Client, client as v1Client } from '../v1-client.js'

type Body = Readonly<Record<string, unknown>>

/** A client that takes locks: it speaks v1 by itself. */
export interface LockClient {
  /** Resolves with the revision of a write, or with the code of its refusal. */
  retain(subject: string, message: string, fields?: object): Promise<string>
  /** Resolves with the token when the lock is taken. */
  lock(subject: string, fields?: object): Promise<string>
  unlock(subject: string): Promise<string>
  /** Sends a frame with a new ref. Resolves with the answer. */
  ask(kind: string, body: object): Promise<Body>
  /** The next frame of a subscription. */
  next(): Promise<Body>
  /** Loses the connection without a word. */
  drop(): void
  close(code: number): Promise<unknown>
}

/** Opens a client. */
export async function lockClient(relay: StartedRelay, token?: string): Promise<LockClient> {
  const socket: V1Client = await v1Client(relay)
  const pending = new Map<number, (body: Body) => void>()
  const received: Body[] = []
  const takers: ((body: Body) => void)[] = []
  let lastRef = 0
  socket.ws.on('message', (data) => {
    const [[kind, body] = ['', undefined]] = Object.entries(JSON.parse(String(data)) as Record<string, Body>)
    const ref = Number(body?.ref)
    const settle = kind === 'Message' || kind === 'Synced' ? undefined : pending.get(ref)
    if (settle && body) {
      pending.delete(ref)
      settle(body)
    } else if (body && ['Message', 'Synced', 'Lost'].includes(kind)) {
      const take = takers.shift()
      if (take) take({ kind, ...body })
      else received.push({ kind, ...body })
    }
  })
  socket.say({ Connect: { token } })
  const ask = (kind: string, body: object): Promise<Body> =>
    new Promise((resolve) => {
      pending.set(++lastRef, resolve)
      socket.say({ [kind]: { ref: lastRef, ...body } })
    })
  const retain = async (subject: string, message: string, fields = {}): Promise<string> => {
    const { code, revision } = await ask('Publish', { subject, message, retain: true, ...fields })
    return String(code ?? revision)
  }
  return {
    retain,
    lock: (subject, fields) => retain(subject, 'held', { when: null, watch: true, will: null, ...fields }),
    unlock: (subject) => retain(subject, ''),
    ask,
    async next() {
      return received.shift() ?? new Promise<Body>((resolve) => takers.push(resolve))
    },
    drop: () => socket.ws.terminate(),
    close(code) {
      socket.ws.close(code)
      return socket.closed
    },
  }
}
