/** An event of a relay's answer. */
export interface ServerEvent {
  readonly data: string
  /** A `close` event ends the stream; other events have a frame. */
  readonly isClose: boolean
}

/**
 * Reads the events of an answer. Resolves at its end; rejects if it is interrupted or `onEvent`
 * throws.
 */
export async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: ServerEvent) => void,
): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const parts = (rest + decoder.decode(chunk.value, { stream: true })).split('\n\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1]
      if (data !== undefined) onEvent({ data, isClose: part.startsWith('event: close') })
    }
  }
}
