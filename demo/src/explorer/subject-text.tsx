import type { Message } from '@wildcast/client'

/** A subject, with the parts in color that the wildcards of the pattern have matched. */
export function SubjectText({ message }: { readonly message: Message }) {
  return (
    <bdi>
      {partsOf(message).map(({ text, isParam }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: segments have no other identity
        <span key={i}>
          {i > 0 && <span className="text-quiet">.</span>}
          <span className={isParam ? 'text-brand' : ''}>{text}</span>
        </span>
      ))}
    </bdi>
  )
}

interface Part {
  readonly text: string
  readonly isParam: boolean
}

function partsOf({ subject, pattern, params }: Message): readonly Part[] {
  const segments = subject.split('.')
  const parts: Part[] = []
  let wildcard = 0
  for (const piece of pattern.split('.')) {
    if (piece === '*') wildcard++
    const matched = piece === '**' ? (params[wildcard++] ?? '') : undefined
    const count = matched === undefined ? 1 : matched === '' ? 0 : matched.split('.').length
    for (const text of segments.splice(0, count)) parts.push({ text, isParam: piece === '*' || piece === '**' })
  }
  return parts
}
