import path from 'node:path'

/** The place of a mistake: an absolute path, and a line if it is known. */
export interface MistakePlace {
  readonly file: string
  readonly line: number | undefined
}

/** Returns the place that an error of the relay names, or one of its causes. */
export function mistakePlace(cause: unknown): MistakePlace | undefined {
  if (!(cause instanceof Error)) return undefined
  if ('problems' in cause && Array.isArray(cause.problems)) return placeIn(cause.problems[0])
  return placeIn(cause) ?? mistakePlace(cause.cause)
}

function placeIn(fault: unknown): MistakePlace | undefined {
  if (typeof fault !== 'object' || fault === null || !('file' in fault) || typeof fault.file !== 'string')
    return undefined
  const line = 'line' in fault && typeof fault.line === 'number' ? fault.line : undefined
  return { file: path.resolve(fault.file), line }
}
