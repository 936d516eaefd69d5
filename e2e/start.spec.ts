import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from './test.js'

const root = path.resolve(import.meta.dirname, '..')

/**
 * `npm start` as in a terminal of a developer: a process group of its own, which Ctrl-C
 * reaches as a whole.
 */
async function npmStart(): Promise<{ npm: ChildProcess; url: string }> {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, PORT: '0', NODE_ENV: 'development' },
    detached: true,
  })
  npm.stderr.pipe(process.stderr)
  let output = ''
  for await (const chunk of npm.stdout) {
    output += String(chunk)
    const url = /Wildcast is up: (http:\/\/localhost:\d+)/.exec(output)?.[1]
    if (url) return { npm, url }
  }
  throw new Error(`npm start ended: ${output}`)
}

const answers = async (url: string): Promise<boolean> => (await fetch(url).catch(() => undefined)) !== undefined

/** Whether any process of the group is left, npm's own or one that it started. */
function lives({ pid }: ChildProcess): boolean {
  try {
    return process.kill(-(pid as number), 0)
  } catch {
    return false
  }
}

// One after the other: both build.
test.describe.configure({ mode: 'serial' })

for (const [how, stop] of [
  ['Ctrl-C', ({ pid }: ChildProcess) => process.kill(-(pid as number), 'SIGINT')],
  ['an end of npm alone', ({ pid }: ChildProcess) => process.kill(pid as number, 'SIGTERM')],
] as const)
  test(`npm start serves the page and the relay on one port, and ${how} leaves nothing behind`, async ({
    page,
    watch,
  }) => {
    watch(page.context(), 'page')
    const { npm, url } = await npmStart()
    const ended = once(npm, 'exit')
    await page.goto(url)
    await expect(page.getByRole('status')).toHaveText('online')
    expect(await (await fetch(`${url}/publish/good.apple`, { method: 'POST', body: 'hi' })).text()).toBe(
      'published to subject',
    )
    await expect(page.getByLabel('Conversation')).toContainText('hi')
    stop(npm)
    await ended
    await expect.poll(() => lives(npm)).toBe(false)
    expect(await answers(url)).toBe(false)
  })
