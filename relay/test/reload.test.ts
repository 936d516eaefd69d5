import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { folderWith, portsOf, run, says, start, wildcast } from './command.js'
import { freePort } from './servers/free-port.js'
import { isRunning } from './servers/processes.js'
import { temporaryFolder } from './servers/temporary-folder.js'

const toml = (more = ''): string => `port = 0
brokers.main.type = "memory"
${more}
[[component]]
id = "one"
source = "one.mjs"
trigger.subscription.Topic.topic = "a"
`

async function opened() {
  const cwd = await folderWith('one.mjs', 'export default () => {}')
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(cwd, name), text)
  await write('wildcast.toml', toml())
  const env = { TMPDIR: temporaryFolder() }
  const child = start(['up'], { cwd, env })
  const [port = 0] = await portsOf(child, 1)
  return { child, port, write, reload: () => run(['reload'], { cwd, env }) }
}

describe('wildcast reload of one process', () => {
  it('reloads components, and reports what needs a restart', async () => {
    const { write, reload, port } = await opened()
    expect(await reload()).toEqual({ code: 0, out: 'component "one" is loaded again\n', err: '' })
    await write('wildcast.toml', toml('brokers.main.type2 = 1'))
    expect(await reload()).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/wildcast\.toml:\d+: .*type2/),
    })
    await write('wildcast.toml', `${toml()}\n[brokers`)
    const line = toml().split('\n').length + 1
    expect(await reload()).toMatchObject({ code: 1, err: expect.stringContaining(`wildcast.toml:${line}: `) })
    await write('wildcast.toml', toml('timeout = 100\nbrokers.second.type = "memory"'))
    expect(await reload()).toEqual({
      code: 0,
      out: 'component "one" is loaded again\nrestart to change broker "second", the ports and their options\n',
      err: '',
    })
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })

  it('reports why a component can not be loaded, and keeps the old one', async () => {
    const { write, reload, port } = await opened()
    await write('one.mjs', 'throw new Error("broken")')
    expect(await reload()).toMatchObject({ code: 1, err: expect.stringMatching(/component "one": .*broken/) })
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })

  it('has the same effect as SIGHUP, which ends nothing without a terminal', async () => {
    const { child } = await opened()
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    for (let times = 1; times <= 2; times++) {
      child.kill('SIGHUP')
      await expect.poll(() => log.split('component "one" is loaded again').length - 1).toBe(times)
    }
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })

  it('does not find a relay whose control folder is open to others; the relay still runs', async () => {
    const cwd = await folderWith('one.mjs', 'export default () => {}')
    await writeFile(path.join(cwd, 'wildcast.toml'), toml())
    const env = { TMPDIR: temporaryFolder() }
    await mkdir(path.join(env.TMPDIR, `wildcast-control-${process.getuid?.()}`), { mode: 0o755 })
    const child = start(['up'], { cwd, env })
    let log = ''
    child.stderr?.on('data', (chunk) => {
      log += String(chunk)
    })
    await portsOf(child, 1)
    expect(log).toContain('can be entered by other users')
    expect(await run(['reload'], { cwd, env })).toMatchObject({ code: 1, err: expect.stringContaining('other users') })
  })
})

describe('a closed terminal', () => {
  /** Runs a command in its own terminal, which is closed at the end. */
  async function inTerminal(commandLine: (command: string, log: string) => string) {
    const port = await freePort()
    const log = path.join(temporaryFolder(), 'log')
    const command = commandLine(`${process.execPath} ${wildcast} gateway -p ${port}`, log)
    const terminal = spawn('script', ['-qfc', `echo $$; exec ${command}`, '/dev/null'])
    onTestFinished(() => void terminal.kill('SIGKILL'))
    const pid = Number(await says(terminal.stdout, /\d+/))
    onTestFinished(() => {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL')
    })
    const answers = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      )
    await expect.poll(answers).toBe(true)
    terminal.kill('SIGKILL')
    return { pid, answers, log: () => readFileSync(log, 'utf8') }
  }

  it('ends the relay that was started in it', async () => {
    const { pid, log } = await inTerminal((command, log) => `${command} 2>${log}`)
    await expect.poll(() => isRunning(pid)).toBe(false)
    expect(log()).not.toContain('nothing has changed')
  })

  it('does not end a relay under nohup', async () => {
    const { answers, log } = await inTerminal((command, log) => `nohup ${command} </dev/null >${log} 2>&1`)
    await expect.poll(log).toContain('nothing has changed')
    expect(await answers()).toBe(true)
  })
})
