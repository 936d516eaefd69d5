import { configEnvironment } from '../config/config-environment.js'

/** Writes texts in colors, if the output shows them. */
export interface Paint {
  strong(text: string): string
  weak(text: string): string
  good(text: string): string
  warning(text: string): string
  bad(text: string): string
}

/** Whether an output shows colors: it is a terminal, and the user has not set `NO_COLOR`. */
export function showsColors(output: { readonly isTTY?: boolean }): boolean {
  const { env } = configEnvironment(process.cwd())
  return output.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb'
}

/** The colors of a terminal, or plain text. */
export function paint(inColor: boolean): Paint {
  const as =
    (code: number) =>
    (text: string): string =>
      inColor ? `\u001b[${code}m${text}\u001b[0m` : text
  return { strong: as(1), weak: as(2), good: as(32), warning: as(33), bad: as(31) }
}
