/** Headers of the protocol in answers, which pages of other origins may read. */
export const historyHeaders: readonly string[] = [
  'Stream-Next-Offset',
  'Stream-Up-To-Date',
  'Stream-Cursor',
  'Stream-SSE-Data-Encoding',
  'Producer-Epoch',
  'Producer-Seq',
  'Producer-Expected-Seq',
  'Producer-Received-Seq',
]

/** An answer that waits for messages. */
export interface OpenAnswer {
  /** Ends it: the relay goes away. */
  close(): void
}

/** An answer without data of the history: a sentence, as a line of text. */
export function sentence(status: number, text: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}

/** Messages after the position of a reader are forgotten. */
export function goneAnswer(): Response {
  return sentence(410, 'messages after this offset are forgotten; read from -1', { 'cache-control': 'no-store' })
}
