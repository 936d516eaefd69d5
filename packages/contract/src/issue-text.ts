import type { StandardSchemaV1 } from '@standard-schema/spec'

/** Longest text of an issue or path. A part of a longer text may be a part of the data. */
const longest = 200

/** The ends of messages of valibot and arktype, which repeat the data. */
const received = /(?: but received|: Received) (?!(?:undefined|null|Object|Array)$).*$| \(was (?!missing\)).*$/s

/**
 * Returns the issues of a schema in words: the first with its path, and the count of the others.
 * The words contain no data, since logs and other clients may see them.
 */
export function issueText(issues: readonly StandardSchemaV1.Issue[], data: unknown): string {
  const [issue] = issues
  if (!issue) return 'must fit the schema'
  // Not `path.map`: the paths of arktype are of a class whose empty copies are not empty.
  const keys = Array.from(issue.path ?? [], (segment) => (typeof segment === 'object' ? segment.key : segment))
  const path = keys.map(String).join('.').slice(0, longest)
  const others = issues.length > 1 ? `; and ${issues.length - 1} more` : ''
  const text = words(issue.message, path, { data, keys })
  return (path && `"${path}"${text.startsWith('must ') ? ' ' : ': '}`) + text + others
}

/** The data of an issue, and the path in it. */
interface Place {
  readonly data: unknown
  readonly keys: readonly PropertyKey[]
}

function words(message: string, path: string, { data, keys }: Place): string {
  const short = message.replace(received, '')
  // arktype begins with the path.
  const text = path && short.startsWith(`${path} `) ? short.slice(path.length + 1) : short
  if (text === '' || text.length > longest) return 'must fit the schema'
  const repeats = contains(text, at(data, keys)) || mentions(text, data, new Set(keys.map(String)))
  return repeats ? 'must fit the schema' : text
}

/** Returns the part of the data that a path leads to. */
function at(data: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((part, key) => (isObject(part) ? Reflect.get(part, key) : undefined), data)
}

/** Whether a text repeats a part of the data. Shorter parts are in any text by chance. */
function contains(text: string, data: unknown, depth: number = 0): boolean {
  if (isObject(data))
    return depth < 8 && !ArrayBuffer.isView(data) && Object.values(data).some((part) => contains(text, part, depth + 1))
  const part = String(data)
  return data !== undefined && data !== null && typeof data !== 'boolean' && part.length > 2 && text.includes(part)
}

/** Whether a text has a value of the data as a word, or quotes a key that is not of the path. */
function mentions(text: string, data: unknown, path: ReadonlySet<string>, depth: number = 0): boolean {
  if (!isObject(data)) return typeof data !== 'boolean' && hasWord(text, String(data ?? ''))
  if (depth >= 8 || ArrayBuffer.isView(data)) return false
  const isList = Array.isArray(data)
  return Object.entries(data).some(([key, part]) => {
    const isQuoted = !isList && !path.has(key) && ['"', "'", '`'].some((quote) => text.includes(quote + key + quote))
    return isQuoted || mentions(text, part, path, depth + 1)
  })
}

/** Shorter words are in any text by chance. */
function hasWord(text: string, word: string): boolean {
  if (word.length <= 2) return false
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/\w/.test(text[at - 1] ?? '') && !/\w/.test(text[at + word.length] ?? '')) return true
  return false
}

function isObject(data: unknown): data is object {
  return typeof data === 'object' && data !== null
}
