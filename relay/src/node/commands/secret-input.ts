import { createInterface } from 'node:readline'

/** Keys that a terminal in raw mode passes on as characters: the end of a line is also Ctrl-D. */
const ctrlC = '\u0003'
const ends = new Set([ctrlC, '\u0004', '\r', '\n'])
const backspace = /[\b\u007f]/

/**
 * Reads a line that is not to be seen: from the terminal without echo, else the first line of
 * standard input.
 * @param prompt - what a terminal shows
 */
export async function readSecret(prompt: string): Promise<string> {
  const { stdin } = process
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line
    return ''
  }
  // In this order: what is typed at once must not be shown either.
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  process.stderr.write(prompt)
  try {
    return await typed(stdin)
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    process.stderr.write('\n')
  }
}

/** Resolves with the characters up to the end of the line. */
function typed(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    const line: string[] = []
    function read(keys: string): void {
      for (const key of keys) {
        if (ends.has(key)) {
          stdin.off('data', read)
          if (key === ctrlC) reject(new Error('interrupted'))
          else resolve(line.join(''))
          return
        }
        if (backspace.test(key)) line.pop()
        else line.push(key)
      }
    }
    stdin.on('data', read)
    stdin.resume()
  })
}
