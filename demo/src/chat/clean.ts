/** Control characters other than the tab and the line feed, and halves of characters. */
const unshowable = /[^\P{Cc}\n\t]|[^\P{Cs}]/gu

/** Removes what pasted binary has and a text can't show. */
export function clean(raw: string): { readonly text: string; readonly removed: number } {
  const lines = raw.replace(/\r\n?/g, '\n')
  const text = lines.replace(unshowable, '')
  return { text, removed: lines.length - text.length }
}
