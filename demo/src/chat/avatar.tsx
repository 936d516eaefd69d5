/** The first letters of a name on a color that belongs to it. */
export function Avatar({ name }: { readonly name: string }) {
  return (
    <span
      aria-hidden
      className="grid size-9 shrink-0 place-items-center rounded-full font-semibold text-sm text-white/95"
      style={{ backgroundColor: `oklch(0.55 0.13 ${hueOf(name)})` }}
    >
      {(name.trim() || '?').slice(0, 2).toUpperCase()}
    </span>
  )
}

function hueOf(name: string): number {
  let hash = 7
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360
  return hash
}
