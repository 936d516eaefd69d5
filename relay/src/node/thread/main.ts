// A component's thread: loads its module, and runs it for each message.
import { parentPort, resourceLimits, workerData } from 'node:worker_threads'
import { parsePattern, WildcastError } from '@wildcast/protocol'
import type { Component } from '../../components/component.js'
import { FailedWith } from '../../components/failed-with.js'
import { type CheckedOutput, readOutputs } from '../../components/read-outputs.js'
import { triggerOf } from '../../components/trigger.js'
import { firstLine, loadModule, MissingJiti } from '../load-module.js'
import type { OpenLoader } from '../modules.js'
import { type PlaceOfError, placeOfLoadError } from '../place-of-error.js'
import { errorPrefix } from './error-prefix.js'
import type { FromThread, ThreadData, ToThread } from './thread-messages.js'

const { id, broker, pattern, source, config, loader } = workerData as ThreadData
const from = { broker, pattern: parsePattern(pattern) }
const port = parentPort as NonNullable<typeof parentPort>
const send = (message: FromThread): void => port.postMessage(message)
/**
 * An eighth of its memory: while a text is built, several copies exist, with up to two bytes per
 * character.
 */
const mostCharacters = ((resourceLimits.maxOldGenerationSizeMb ?? 64) * 1024 * 1024) / 8
/** The messages that run, each with the controller that aborts it. */
const running = new Map<number, AbortController>()

/** The line that keeps the module from being loaded. */
let place: PlaceOfError | undefined

async function loadDefault(): Promise<unknown> {
  if (!loader) return loadModule(source)
  const { openLoader } = (await import(loader.module)) as { readonly openLoader: OpenLoader }
  return (await openLoader(loader.port)(source)).default
}

async function load(): Promise<Component> {
  const component = await loadDefault().catch((cause: unknown) => {
    if (cause instanceof MissingJiti) throw cause
    place = placeOfLoadError(cause, source)
    throw new Error(`it could not be loaded: ${firstLine(cause)}`)
  })
  if (component === undefined) throw new Error('it has no default export; write export default defineComponent(…)')
  if (typeof component !== 'function') throw new Error(`its default export is a ${typeof component}; export a function`)
  return component as Component
}

/**
 * The outputs of a run that failed, or none if they are invalid: the failure itself must be
 * reported.
 */
function outputsOf(cause: unknown): readonly CheckedOutput[] {
  try {
    return cause instanceof FailedWith ? readOutputs(cause.outputs, mostCharacters) : []
  } catch {
    return []
  }
}

async function run(component: Component, { run: number, message }: Extract<ToThread, { kind: 'run' }>): Promise<void> {
  const abort = new AbortController()
  running.set(number, abort)
  try {
    const outputs = readOutputs(
      await component(triggerOf(message, from), { id, config, signal: abort.signal }),
      mostCharacters,
    )
    send({ kind: 'done', run: number, outputs })
  } catch (cause) {
    const outputs = outputsOf(cause)
    send({
      kind: 'failed',
      run: number,
      error: { code: 'internal', message: `${errorPrefix(cause)}${firstLine(cause)}` },
      outputs,
    })
  } finally {
    running.delete(number)
  }
}

load().then(
  (component) => {
    port.on('message', (message: ToThread) => {
      if (message.kind === 'run') void run(component, message)
      else if (message.kind === 'ping') send({ kind: 'pong' })
      else running.get(message.run)?.abort(new WildcastError('timeout', 'the time for this message is over'))
    })
    send({ kind: 'ready' })
  },
  (cause: unknown) => send({ kind: 'load-failed', why: firstLine(cause), place }),
)
