import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Command, Option } from 'commander'
import { realClock } from '../../core/clock.js'
import { defaultStoreLimits } from '../../stores/limits.js'
import type { FileWrite } from '../../stores/sqlite/file-write.js'
import type { StoreFile, StoreInfo } from '../../stores/sqlite/store-file.js'
import { configFlag } from './config-flag.js'
import { brokerFlag } from './connect.js'
import { lineOfMessage, lineOfValue, writeOfLine } from './store-line.js'
import { type StoreFlags, storeSettings } from './store-settings.js'

/** `wildcast store`: what a relay keeps on disk. The relay must not run. */
export function store(): Command {
  return new Command('store')
    .description(
      'inspect, compact, export and import the values and messages that a relay keeps on disk; stop the relay first',
    )
    .addCommand(
      command('info', 'print how much a store holds')
        .option('-j, --json', 'one JSON object')
        .action(({ json, ...flags }: StoreFlags & { readonly json?: boolean }) =>
          withStore(flags, (file) => {
            process.stdout.write(json ? `${JSON.stringify(jsonOf(file.info()))}\n` : textOf(file.info()))
          }),
        ),
    )
    .addCommand(
      command('compact', 'give the space of deleted values and forgotten messages back to the file system').action(
        (flags: StoreFlags) =>
          withStore(flags, (file) => {
            const before = file.info().fileBytes
            file.compact()
            process.stdout.write(`${before} bytes before, ${file.info().fileBytes} bytes after\n`)
          }),
      ),
    )
    .addCommand(
      command('export', 'print all values and messages, as lines of JSON').action((flags: StoreFlags) =>
        withStore(flags, exportTo),
      ),
    )
    .addCommand(
      command('import', 'write values and messages from lines of JSON, with new numbers: all of them, or none')
        .argument('[input]', 'the file that "wildcast store export" has written (default: standard input)')
        .action(async (input: string | undefined, flags: StoreFlags) => {
          const { writes, gone } = await readLines(input)
          await withStore(flags, (file) => file.write(writes), true)
          const left = gone === 0 ? '' : `; left out, since they or their sessions have ended: ${gone}`
          const messages = writes.filter(({ append }) => append).length
          const imported = messages === 0 ? '' : `, messages imported: ${messages}`
          process.stdout.write(`values imported: ${writes.length - messages}${imported}${left}\n`)
        }),
    )
}

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(configFlag())
    .addOption(brokerFlag())
    .addOption(new Option('-f, --file <file>', 'the file of the store, instead of that in the configuration'))
}

/** Opens a store for as long as `use` runs. */
async function withStore(flags: StoreFlags, use: (store: StoreFile) => unknown, create = false): Promise<void> {
  const { sqlite, ...limits } = await storeSettings(flags)
  // Only now: other commands do not load SQLite.
  const { openStoreFile } = await import('../../stores/sqlite/store-file.js')
  const start = { now: realClock.wall(), random: realClock.random() }
  const opened = openStoreFile(sqlite, { limits: { ...defaultStoreLimits, ...limits }, start, create })
  try {
    await use(opened)
  } finally {
    opened.close()
  }
}

/** Prints as fast as the output is read. */
async function exportTo(file: StoreFile): Promise<void> {
  for (const line of linesOf(file))
    if (!process.stdout.write(`${line}\n`))
      await new Promise<void>((resolve) => process.stdout.once('drain', () => resolve()))
}

function* linesOf(file: StoreFile): Iterable<string> {
  for (const value of file.values()) yield lineOfValue(value)
  for (const message of file.messages()) yield lineOfMessage(message)
}

interface Lines {
  readonly writes: readonly FileWrite[]
  /** Values that no longer exist. */
  readonly gone: number
}

async function readLines(input: string | undefined): Promise<Lines> {
  const writes: FileWrite[] = []
  const now = realClock.wall()
  let [number, gone] = [0, 0]
  const stream = input === undefined ? process.stdin : createReadStream(input)
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++
    if (line === '') continue
    const write = writeOfLine(line, number, now)
    if (write) writes.push(write)
    else gone++
  }
  return { writes, gone }
}

function jsonOf({ messageBytes, fileBytes, freeBytes, ...info }: StoreInfo): object {
  return { ...info, message_bytes: messageBytes, file_bytes: fileBytes, free_bytes: freeBytes }
}

function textOf(info: StoreInfo): string {
  const { file, version, values, bytes, messages, messageBytes, expiring, wills, fileBytes, freeBytes } = info
  return [
    `${file} (version ${version})`,
    `${values} values of ${bytes} bytes: ${expiring} with a ttl, ${wills} with a will`,
    `${messages} messages of ${messageBytes} bytes in the history`,
    `${fileBytes} bytes on disk, of which ${freeBytes} are free: "wildcast store compact" gives these back`,
    '',
  ].join('\n')
}
