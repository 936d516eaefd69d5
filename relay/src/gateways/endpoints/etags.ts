/** Whether `If-None-Match` has a tag. A proxy that compresses has made it weak: `W/"…"`. */
export function isListed(list: string | undefined, tag: string | undefined): boolean {
  return list?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag) ?? false
}
