/** A part of a text: as it is, a link to a page, or to a room. */
export interface TextPart {
  readonly text: string
  /** The address of a page. */
  readonly href?: string
  /** The name of a room. */
  readonly room?: string
}

/** Ends at what no address has, and at characters that change the direction of what follows. */
const link =
  /https?:\/\/[^\s<>"'`\p{Cc}\p{Cf}]+|(?<![\p{L}\p{N}_/&#-])#[\p{L}][\p{L}\p{N}_-]{0,39}(?![\p{L}\p{N}_-])/giu

/**
 * Finds the links of a text. Only `http` and `https` become links, and no address with a user name,
 * which may look like another host.
 * @param isCut - whether the text goes on: a link at its end is not whole
 */
export function linksIn(text: string, isCut = false): readonly TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const { 0: found, index } of text.matchAll(link)) {
    const words = found.startsWith('#') ? found : withoutMarks(found)
    const target = isCut && index + found.length === text.length ? undefined : targetOf(words)
    if (!target) continue
    if (index > from) parts.push({ text: text.slice(from, index) })
    parts.push({ text: words, ...target })
    from = index + words.length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

function targetOf(words: string): Omit<TextPart, 'text'> | undefined {
  if (words.startsWith('#')) return { room: words.slice(1) }
  if (!URL.canParse(words)) return undefined
  const { href, protocol, username, password } = new URL(words)
  return /^https?:$/.test(protocol) && !username && !password ? { href } : undefined
}

/** Leaves out the marks that end the sentence, and a bracket that was opened before the address. */
function withoutMarks(address: string): string {
  const shorter = address.replace(/[.,;:!?…*_]+$/, '')
  const [open, close] = shorter.endsWith(')') ? '()' : shorter.endsWith(']') ? '[]' : ''
  const isExtra = open && close && shorter.split(close).length > shorter.split(open).length
  return isExtra ? withoutMarks(shorter.slice(0, -1)) : shorter
}
