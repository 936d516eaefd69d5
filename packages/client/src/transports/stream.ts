import { type ClientFrame, lightJsonCodec, readRelayFrame, WildcastError } from '@wildcast/protocol'
import { toWebSocketUrl } from './address.js'
import { describeAnswer, describeFailure } from './diagnosis.js'
import type { OpenTransport } from './transport.js'

/** Bytes after which frames wait for the next POST. */
const postBytes = 256 * 1024
/** Waits, in milliseconds, before a POST that failed on the way is repeated. */
const repeatsMs = [200, 1000, 3000]
/** How long what was said before `close` may take to go out, in milliseconds. */
const lastWordsMs = 3000
/** How a WebSocket says that it ended without a word. */
const noWord = 1006

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
  const waiting: ClientFrame[] = []
  let session: string | undefined
  let posted = 0 // frames that the relay counts
  let greeted = false
  let posting = false
  let over = false
  let closing = false
  let stopClock = (): void => {}

  const end = (code: number, reason: string): void => {
    if (over) return
    over = true
    stopClock()
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
    try {
      const frame = readRelayFrame(lightJsonCodec.decode(data))
      if (frame.kind === 'Welcome') session = frame.session
      events.frame(frame)
      void post()
    } catch (cause) {
      events.fault(WildcastError.from(cause, 'invalid_frame'))
    }
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
      const frame = waiting.shift() as ClientFrame
      const line = lightJsonCodec.encode(frame) as string
      bytes += line.length
      lines.push(line)
      if (frame.kind !== 'Pong' && frame.kind !== 'Received') counted++
    }
    return { body: lines.join('\n'), counted }
  }

  const bring = async (body: string, headers: Record<string, string>): Promise<Response> => {
    for (const waitMs of [...repeatsMs, undefined])
      try {
        return await fetch(`${door}/frames`, { method: 'POST', body, headers, signal: abort.signal })
      } catch (cause) {
        if (waitMs === undefined || over) throw cause
        await new Promise<void>((resolve) => void clock.after(waitMs, resolve))
      }
    throw new TypeError('never')
  }

  const post = async (): Promise<void> => {
    if (posting || session === undefined) return
    posting = true
    try {
      while (waiting.length > 0 && !over) {
        const { body, counted } = take()
        const headers = { authorization: `Session ${session}`, 'wildcast-from': String(posted + 1) }
        const response = await bring(body, headers)
        if (!response.ok) throw new Error((await response.text()).trim())
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
      if (frame.kind === 'Connect') {
        greeted = true
        void listen(lightJsonCodec.encode(frame) as string)
      } else {
        waiting.push(frame)
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
