import type { ConfigEnvironment } from './config-environment.js'
import type { Path } from './path.js'
import { isTable } from './schema/table.js'
import type { ConfigFault } from './source/source.js'

/** A value in which all references were replaced. */
export interface Expanded {
  readonly value: unknown
  readonly faults: readonly ConfigFault[]
}

/** Keys that valibot silently ignores. */
const leftOut = ['__proto__', 'constructor', 'prototype']

/**
 * Replaces `${NAME}` with environment variables, and `{ file = "…" }` with the text of the file.
 */
export function expand(
  value: unknown,
  environment: Pick<ConfigEnvironment, 'env' | 'readText'>,
  under: Path = [],
): Expanded {
  const faults: ConfigFault[] = []
  return { value: walk(value, under), faults }

  function walk(value: unknown, path: Path): unknown {
    if (typeof value === 'string') return withVariables(value, path)
    if (Array.isArray(value)) return value.map((item, i) => walk(item, [...path, i]))
    if (!isTable(value)) return value
    const { file, ...others } = value
    if (typeof file === 'string' && Object.keys(others).length === 0) return textOf(file, path)
    for (const key of leftOut)
      if (Object.hasOwn(value, key))
        faults.push({ path: [...path, key], message: '{it} has a reserved name; choose another' })
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]))
  }

  function withVariables(text: string, path: Path): string {
    return text.replace(/\$\$\{|\$\{(?:(\w+)\})?/g, (found, name: string | undefined) => {
      if (found === '$${') return '${'
      const value = name !== undefined && Object.hasOwn(environment.env, name) ? environment.env[name] : undefined
      if (value === undefined) faults.push({ path, message: missing(name) })
      return value ?? found
    })
  }

  function textOf(file: string, path: Path): unknown {
    try {
      return environment.readText(withVariables(file, path)).replace(/\r?\n$/, '')
    } catch (cause) {
      const why = (cause as NodeJS.ErrnoException).code ?? 'unknown cause'
      faults.push({ path, message: `{it} could not be read from "${file}" (${why}); correct the path` })
      return { file }
    }
  }
}

function missing(name: string | undefined): string {
  return name === undefined
    ? '{it} has a "${" that begins no variable; write "$${" for these two characters'
    : `{it} needs the environment variable ${name}, which is not set; set it`
}
