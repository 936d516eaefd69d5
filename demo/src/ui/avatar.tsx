/** The first letters of a name on a color that belongs to it. */
export function Avatar({ name, isSmall = false }: { readonly name: string; readonly isSmall?: boolean }) {
  return (
    <span
      aria-hidden
      className={`grid shrink-0 select-none place-items-center overflow-hidden rounded-lg font-medium text-white ${
        isSmall ? 'size-7 text-micro' : 'size-9 text-xs'
      }`}
      style={{ backgroundColor: `oklch(0.5 0.11 ${hueOf(name)})` }}
    >
      {initialsOf(name)}
    </span>
  )
}

const graphemes = new Intl.Segmenter()

/** The first letter of the first two words, or two letters of the only one: `guest-412` is `G4`. */
function initialsOf(name: string): string {
  const [first = '?', second] = name.split(/[\s._-]+/).filter(Boolean)
  const letters = [...graphemes.segment(first.slice(0, 40))].map(({ segment }) => segment)
  const next = second === undefined ? letters[1] : [...graphemes.segment(second.slice(0, 40))][0]?.segment
  return `${letters[0]}${next ?? ''}`.toUpperCase()
}

function hueOf(name: string): number {
  let hash = 7
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360
  return hash
}
