import type { Beside, Headers } from '@wildcast/protocol'

// Stores and NATS keep these facts among the headers of a message.

/** A "/" is in no header that a client can send. */
const besideHeader = 'wildcast/beside'

/** Returns headers with the facts beside a payload. */
export function withBeside(headers: Headers | undefined, beside: Beside | undefined): Headers | undefined {
  if (!beside) return headers
  const { contentType, correlation, format } = beside
  const text = JSON.stringify({
    contentType,
    correlation: correlation && Buffer.from(correlation).toString('base64'),
    format,
  })
  return withBesideText(headers, text)
}

/** Does the same with their text, which `besideTextOf` returns. */
export function withBesideText(headers: Headers | undefined, text: string): Headers {
  return [...(headers ?? []), [besideHeader, text]]
}

/** Returns the text of the facts that were kept among headers. */
export function besideTextOf(all: Headers | undefined): string | undefined {
  return all?.findLast(([name]) => name === besideHeader)?.[1]
}

/** Returns the headers of a client, and the facts that were kept among them. */
export function splitBeside(all: Headers): { readonly headers: Headers; readonly beside?: Beside | undefined } {
  const text = besideTextOf(all)
  if (text === undefined) return { headers: all }
  return { headers: all.filter(([name]) => name !== besideHeader), beside: besideIn(text) }
}

/** A program without Wildcast may have written the text. */
function besideIn(text: string): Beside | undefined {
  try {
    const { contentType, correlation, format } = Object(JSON.parse(text)) as Readonly<Record<string, unknown>>
    return {
      ...(typeof contentType === 'string' && { contentType }),
      ...(typeof correlation === 'string' && { correlation: new Uint8Array(Buffer.from(correlation, 'base64')) }),
      ...(typeof format === 'number' && { format }),
    }
  } catch {
    return undefined
  }
}
