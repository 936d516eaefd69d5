import { onTestFinished } from 'vitest'

export interface ServerEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
  readonly id?: string
}

export interface EventSource {
  readonly response: Response
  /** The next event, in order. Rejects if the stream ends before. */
  next(): Promise<ServerEvent>
  /** Comments and hints between events, so far. */
  readonly asides: readonly string[]
  /** Resolves when the stream has ended. */
  readonly ended: Promise<unknown>
  leave(): void
}

/** Reads Server-Sent Events, as a browser does. It closes when the test is done. */
export async function eventSource(
  url: string,
  headers: Record<string, string> = {},
  init: RequestInit = {},
): Promise<EventSource> {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const asking = { headers: { accept: 'text/event-stream', ...headers }, signal: abort.signal, ...init }
  const response = await fetch(url, asking)
  const asides: string[] = []
  const events: ServerEvent[] = []
  let wake = (): void => {}
  let over = false

  async function read(): Promise<void> {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) take(block)
      wake()
    }
  }

  function take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]))
    const data = fields.get('data')
    if (data === undefined) asides.push(block)
    // Confirms received frames: tests without counters ignore it.
    else if (!data.startsWith('{"Received"'))
      events.push({
        event: fields.get('event') ?? 'message',
        data: JSON.parse(data),
        ...(fields.has('id') ? { id: fields.get('id') as string } : {}),
      })
  }

  const ended = (response.ok ? read() : Promise.resolve())
    .catch(() => {}) // it was cut
    .finally(() => {
      over = true
      wake()
    })
  return {
    response,
    asides,
    ended,
    leave: () => abort.abort(),
    async next() {
      for (;;) {
        const event = events.shift()
        if (event) return event
        if (over) throw new Error('the stream has ended')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
