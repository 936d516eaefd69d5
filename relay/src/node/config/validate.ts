import * as v from 'valibot'
import { ConfigError, type Problem } from './config-error.js'
import type { Expanded } from './expand.js'
import { nameOf, type Path } from './path.js'
import type { Reads } from './schema/table.js'
import type { ConfigFault, Source } from './source/source.js'

/** The source of a configuration, with the name by which its user knows it. */
export interface ConfigSource extends Pick<Source, 'faults' | 'lineOf'> {
  readonly file: string
}

/**
 * Validates an expanded configuration.
 * @throws {ConfigError} with everything that is wrong
 */
export function validate<Output>(schema: Reads<Output>, expanded: Expanded, written: ConfigSource): Output {
  const result = v.safeParse(schema, expanded.value)
  const read = ({ path }: ConfigFault): boolean => !expanded.faults.some((unread) => isInside(path, unread.path))
  const faults = [...written.faults, ...expanded.faults, ...(result.issues ?? []).map(faultOf).filter(read)]
  if (result.success && faults.length === 0) return result.output
  throw new ConfigError(problemsOf(faults, written))
}

/** The inside of a value that could not be expanded can't be checked. */
function isInside(path: Path, outer: Path): boolean {
  return path.length > outer.length && outer.every((key, i) => key === path[i])
}

function faultOf({ path, message }: v.BaseIssue<unknown>): ConfigFault {
  return { path: path?.map(({ key }) => key as string | number) ?? [], message }
}

/**
 * Orders problems by line, with one for each value: the first error of a value causes the others.
 */
export function problemsOf(
  faults: readonly (ConfigFault & { line?: number })[],
  { file, lineOf }: ConfigSource,
): Problem[] {
  const byPath = new Map<string, Problem>()
  for (const { path, message, line = lineOf(path) } of faults) {
    const key = JSON.stringify(path)
    if (!byPath.has(key)) byPath.set(key, { file, line, message: sentence(message, path) })
  }
  return [...byPath.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

function sentence(message: string, path: Path): string {
  return message.replaceAll('{it}', nameOf(path))
}
