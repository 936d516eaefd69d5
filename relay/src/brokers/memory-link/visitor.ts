import type { Socket } from 'node:net'
import { type Message, WildcastError } from '@wildcast/protocol'
import type { Broker } from '../broker.js'
import { failureBody, messageBody, noBody, readInterest, readMessage, readNumber, readRequest } from './bodies.js'
import { frameReader, type Kind, kinds } from './frames.js'
import { inSequence } from './in-sequence.js'
import type { LastBody } from './last-body.js'
import { speaker } from './speaker.js'

/** A relay that reads so much slower than messages come is hung up on: it comes back, and tells its clients of the gap. */
const mostBacklogBytes = 64 * 1024 * 1024

/** A relay's link, as the process of a memory broker sees it. With its end all is undone that was asked for over it. */
export function visitor(
  socket: Socket,
  { broker, bodies }: { readonly broker: Broker; readonly bodies: LastBody },
): void {
  const speak = speaker(socket)
  const subscriptions = new Map<number, Promise<() => Promise<void>>>()
  const requests = new Map<number, AbortController>()

  /** Says what became of something. */
  function answer(number: number, work: Promise<unknown>): void {
    work.then(
      () => speak(kinds.done, number, noBody),
      (cause) => speak(kinds.failed, number, failureBody(cause)),
    )
  }

  function deliver(number: number, message: Message): void {
    speak(kinds.message, number, bodies.of(message))
    if (socket.writableLength > mostBacklogBytes) socket.destroy()
  }

  async function subscribe(number: number, body: Uint8Array): Promise<void> {
    const subscribed = broker.subscribe(readInterest(body), {
      deliver: (message) => deliver(number, message),
      ended: () => {}, // memory never ends one by itself
    })
    subscriptions.set(number, subscribed)
    await subscribed.catch((cause) => {
      subscriptions.delete(number)
      throw cause
    })
  }

  async function unsubscribe(number: number): Promise<void> {
    const subscribed = subscriptions.get(number)
    subscriptions.delete(number)
    await (await subscribed)?.()
  }

  function publish(body: Uint8Array): Promise<void> {
    const message = readMessage(body)
    bodies.know(message, body)
    return broker.publish(message)
  }

  async function request(number: number, body: Uint8Array): Promise<void> {
    const { message, timeoutMs } = readRequest(body)
    const cancel = new AbortController()
    requests.set(number, cancel)
    const onPart = (part: Message): void => speak(kinds.part, number, messageBody(part))
    try {
      const last = await broker.request?.(message, { timeoutMs, signal: cancel.signal, onPart })
      if (last) speak(kinds.answer, number, messageBody(last))
    } catch (cause) {
      speak(kinds.failed, number, failureBody(cause))
    } finally {
      requests.delete(number)
    }
  }

  const incoming = inSequence(hear)
  function hear(kind: Kind, number: number, body: Uint8Array): void {
    switch (kind) {
      case kinds.subscribe:
        answer(number, subscribe(number, body))
        incoming.hold()
        return
      case kinds.unsubscribe:
        answer(number, unsubscribe(readNumber(body)))
        return
      case kinds.publish:
        answer(number, publish(body))
        return
      case kinds.request:
        void request(number, body)
        return
      case kinds.cancel:
        requests.get(number)?.abort(new WildcastError('interrupted', 'whoever asked has left'))
        return
      case kinds.ping:
        speak(kinds.done, number, noBody)
    }
  }

  function leave(): void {
    for (const cancel of requests.values()) cancel.abort(new WildcastError('interrupted', 'the relay has left'))
    for (const number of [...subscriptions.keys()]) void unsubscribe(number)
  }

  socket.on('data', frameReader(incoming.take))
  // Its end says all that there is to know.
  socket.on('error', () => socket.destroy())
  socket.once('close', leave)
}
