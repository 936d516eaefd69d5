import { lightJsonCodec } from '@wildcast/protocol'
import { toWebSocketUrl } from '../address.js'
import { receive } from '../receive.js'
import type { OpenTransport, TransportEvents } from '../transport.js'
import { describeAnswer, describeFailure } from './diagnosis.js'

/** Bytes after which frames wait for the next POST. */
const postBytes = 256 * 1024
/** Waits, in milliseconds, before a POST that failed on the way is repeated. */
const repeatsMs = [200, 1000, 3000]
/** What a proxy says of a relay that it does not reach now, or a relay that wants less at once. */
const passing = [429, 502, 503, 504]
/** Characters of a proxy's page that stand in a reason. */
const longestReason = 200
/** How long what was said before `close` may take to go out, in milliseconds. */
const lastWordsMs = 3000
/** A frame that waits for its POST. */
interface Line {
  readonly text: string
  /** Whether the relay counts it. */
  readonly counts: boolean
}

/** The close code of a connection that has ended without a word (RFC 6455, 7.1.5). */
export const noWord = 1006

/**
 * The URL of the relay's HTTP door, beside its WebSocket's.
 * @throws {TypeError} if the URL is a path and there is no page
 */
export function streamUrl(url: string): string {
  const socketUrl = toWebSocketUrl(url)
  if (!socketUrl) throw new TypeError(`${url} needs a page: use http://host${url}`)
  const found = new URL(socketUrl)
  found.protocol = found.protocol.replace('ws', 'http')
  found.pathname = found.pathname.replace(/[^/]*$/, 'stream')
  return found.href
}

/** Whether a relay may have answered so: pages come from what stands in its place. */
function isRelay({ ok, headers }: Response): boolean {
  return ok && !headers.get('content-type')?.startsWith('text/html')
}

/**
 * The relay's own protocol over plain HTTP, for ways that let no WebSocket through: one request whose answer goes on, and one POST at a time for what the client says. In
 * JSON, whatever the codec.
 */
export const stream: OpenTransport = (events, { url, clock }) => {
  const door = streamUrl(url)
  const abort = new AbortController()
  const waiting: Line[] = []
  let session: string | undefined
  let posted = 0 // frames that the relay counts
  let greeted = false
  let posting = false
  let over = false
  let closing = false
  let stopClock = (): void => {}
  let stopWait = (): void => {}

  const end = (code: number, reason: string): void => {
    if (over) return
    over = true
    stopClock()
    stopWait()
    abort.abort()
    if (!closing) events.close({ code, reason })
  }

  const hear = (event: string): void => {
    const data = /^data: (.*)$/m.exec(event)?.[1]
    if (data === undefined || over) return
    if (event.startsWith('event: close')) {
      const { code, reason } = JSON.parse(data) as { code: number; reason: string }
      end(code, reason)
      return
    }
    receive(lightJsonCodec, data, told)
  }

  const told: TransportEvents = {
    ...events,
    frame(frame) {
      if (frame.kind === 'Welcome') session = frame.session
      events.frame(frame)
      void post()
    },
  }

  /**
   * The answer to a request; without one that a relay gives, this is the end. A page of an origin
   * that may not come need not try again.
   */
  const ask = async (init: RequestInit): Promise<Response | undefined> => {
    try {
      const response = await fetch(door, { ...init, signal: abort.signal })
      if (isRelay(response)) return response
      end(response.status === 403 ? 4503 : noWord, await describeAnswer(response, door))
    } catch (cause) {
      end(noWord, describeFailure(cause, door))
    }
    return undefined
  }

  const knock = async (): Promise<void> => {
    if ((await ask({ method: 'HEAD' })) && !over) events.open()
  }

  const listen = async (hello: string): Promise<void> => {
    const response = await ask({ method: 'POST', body: hello })
    if (!response?.body) return
    try {
      const reader = response.body.getReader()
      const decoder = new TextDecoder()
      let rest = ''
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
        const parts = (rest + decoder.decode(chunk.value, { stream: true })).split('\n\n')
        rest = parts.pop() as string
        for (const part of parts) hear(part)
      }
      end(noWord, 'the stream ended')
    } catch (cause) {
      end(noWord, String(cause))
    }
  }

  /** Frames for one POST: a repeated one has the same. */
  const take = (): { body: string; counted: number } => {
    const lines: string[] = []
    let counted = 0
    for (let bytes = 0; waiting.length > 0 && bytes < postBytes; ) {
      const { text, counts } = waiting.shift() as Line
      bytes += text.length
      lines.push(text)
      if (counts) counted++
    }
    return { body: lines.join('\n'), counted }
  }

  /** Undefined once the relay has the frames, else why not; `again` if that may pass. */
  const tryToBring = async (init: RequestInit): Promise<{ cause: unknown; again: boolean } | undefined> => {
    try {
      const response = await fetch(`${door}/frames`, { ...init, method: 'POST', signal: abort.signal })
      const said = (await response.text()).trim()
      // A page that a proxy puts in its place is no success.
      if (response.status === 202) return undefined
      // A relay that does not know the session is not away: it has restarted, or is another one.
      const again = passing.includes(response.status) && !said.startsWith('interrupted')
      return { cause: `${response.status} ${said.slice(0, longestReason)}`, again }
    } catch (cause) {
      return { cause, again: true }
    }
  }

  /** The same frames again and again, which the relay knows by their number. */
  const bring = async (init: RequestInit): Promise<void> => {
    for (const waitMs of [...repeatsMs, undefined]) {
      const failed = await tryToBring(init)
      if (!failed) return
      if (waitMs === undefined || over || !failed.again) throw failed.cause
      await new Promise<void>((resolve) => {
        stopWait = clock.after(waitMs, resolve)
      })
    }
  }

  const post = async (): Promise<void> => {
    if (posting || session === undefined) return
    posting = true
    try {
      while (waiting.length > 0 && !over) {
        const { body, counted } = take()
        const headers = { authorization: `Session ${session}`, 'wildcast-from': String(posted + 1) }
        await bring({ body, headers })
        posted += counted
      }
    } catch (cause) {
      end(noWord, String(cause))
    }
    posting = false
    if (closing) end(1000, '')
  }

  void knock()
  return {
    kind: 'http',
    send(frame) {
      // Now, so that what can not be encoded is refused here and stops nothing else.
      const text = lightJsonCodec.encode(frame) as string
      if (frame.kind === 'Connect') {
        greeted = true
        void listen(text)
      } else {
        waiting.push({ text, counts: frame.kind !== 'Pong' && frame.kind !== 'Received' })
        void post()
      }
    },
    close() {
      if (closing || over) return
      closing = true
      // What was said goes out first, if need be once the relay has said whose it is.
      if (posting || (greeted && waiting.length > 0)) stopClock = clock.after(lastWordsMs, () => end(1000, ''))
      else end(1000, '')
    },
  }
}
