import { type Headers, type HeadersInput, type Payload, toHeaders, toPayload, WildcastError } from '@wildcast/protocol'

/** A checked output, with its payload as it will be sent. */
export interface CheckedOutput {
  readonly payload: Payload
  readonly subject?: string
  readonly broker?: string
  readonly responseSubject?: string
  readonly headers?: Headers
}

/** More than this is a mistake. */
const mostOutputs = 1000

const keys = ['message', 'subject', 'broker', 'responseSubject', 'headers'] as const

/**
 * Reads what a component returned.
 * @param mostCharacters - limits the JSON of one message, since V8 ends the whole process if a
 * string exceeds the memory of a thread
 * @throws {WildcastError} `internal`, with the reason
 */
export function readOutputs(
  returned: unknown,
  mostCharacters: number = Number.POSITIVE_INFINITY,
): readonly CheckedOutput[] {
  if (returned === undefined || returned === null) return []
  const all: readonly unknown[] = Array.isArray(returned) ? returned : [returned]
  if (all.length > mostOutputs) throw wrong(`it returned ${all.length} outputs; ${mostOutputs} are allowed`)
  return all.map((output) => readOutput(output, mostCharacters))
}

function readOutput(returned: unknown, mostCharacters: number): CheckedOutput {
  if (Object.prototype.toString.call(returned) !== '[object Object]')
    throw wrong(`it returned ${kindOf(returned)}; return { message: … }, several of them in a list, or nothing`)
  const output = returned as Readonly<Record<string, unknown>>
  const unknown = Object.keys(output).find((key) => !(keys as readonly string[]).includes(key))
  if (unknown !== undefined)
    throw wrong(`it returned an output with ${JSON.stringify(unknown)}; known are ${keys.join(', ')}`)
  return {
    payload: payloadOf(output.message, mostCharacters),
    ...textIn(output, 'subject'),
    ...textIn(output, 'broker'),
    ...textIn(output, 'responseSubject'),
    ...headersIn(output),
  }
}

function payloadOf(message: unknown, mostCharacters: number): Payload {
  let characters = 0
  try {
    return toPayload(message, (key, value) => {
      characters += key.length + (typeof value === 'string' ? value.length : 1)
      if (characters > mostCharacters) throw new RangeError('too long')
    })
  } catch (cause) {
    if (characters > mostCharacters) {
      const why = `it returned a "message" whose JSON is longer than ${mostCharacters} characters`
      throw wrong(`${why}; return less, or raise "memory"`)
    }
    throw wrong(`it returned a "message" that can't be sent: ${textOf(cause)}`)
  }
}

function textIn<Key extends string>(output: Readonly<Record<string, unknown>>, key: Key): { [K in Key]?: string } {
  const value = output[key]
  if (value === undefined || value === null) return {}
  if (typeof value !== 'string') throw wrong(`it returned an output whose "${key}" is ${kindOf(value)}; write a string`)
  return { [key]: value } as { [K in Key]?: string }
}

function headersIn({ headers }: Readonly<Record<string, unknown>>): Pick<CheckedOutput, 'headers'> {
  try {
    const given = toHeaders(headers as HeadersInput) // which checks it
    return given ? { headers: given } : {}
  } catch (cause) {
    throw wrong(`it returned "headers" that can't be sent: ${textOf(cause)}`)
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list in a list'
  if (typeof value === 'object') return 'an object of a class'
  return `a ${typeof value}`
}

function wrong(why: string): WildcastError {
  return new WildcastError('internal', why)
}
