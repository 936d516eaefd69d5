import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProgram } from '../needs.js'
import { run } from '../run.js'
import { stage } from './stage.js'

/** A frame is shown for at most this time: a wait for the machine does not belong to the scene. */
const longestMs = 85

/** Takes frames of windows while a scene is played, and writes them as a moving picture. */
export function openFilm() {
  const frames = []
  let shown = { windows: [], caption: '' }
  let cursor
  let isOver = false

  /** Takes frames one after the other, as fast as the machine can. */
  async function record() {
    while (!isOver) {
      const { windows, caption } = shown
      const at = performance.now()
      const images = await Promise.all(windows.map((page) => page.screenshot({ caret: 'initial', scale: 'css' })))
      const pointer = cursor && { ...cursor, window: windows.indexOf(cursor.page), page: undefined }
      frames.push({ at, images, caption, cursor: pointer })
    }
  }
  let recording

  return {
    /** Shows one or two windows, with a sentence below them. */
    show(windows, caption) {
      shown = { windows, caption }
      cursor = undefined
      recording ??= record()
    },
    /** Shows the pointer in a window. */
    point(page, x, y) {
      cursor = { page, x, y }
    },
    /** Shows what is there for a time, whatever the machine takes for its frames. */
    async hold(ms) {
      const { length: from } = frames
      await new Promise((resolve) => setTimeout(resolve, ms))
      const held = frames.slice(from)
      for (const frame of held) frame.ms = ms / held.length
    },
    /** Ends the recording. */
    async end() {
      isOver = true
      await recording
    },
    /** Writes the frames into a file. */
    async write(browser, file) {
      const folder = mkdtempSync(path.join(tmpdir(), 'wildcast-picture-'))
      const list = await stage(browser, timed(frames), folder)
      writeFileSync(path.join(folder, 'list.txt'), list)
      run([
        ...[findProgram('ffmpeg'), '-hide_banner', '-loglevel', 'error', '-y', '-f', 'concat', '-safe', '0'],
        ...['-i', path.join(folder, 'list.txt'), '-vsync', 'vfr', '-c:v', 'libwebp_anim', '-loop', '0'],
        ...['-quality', '82', '-compression_level', '5', '-preset', 'text', file],
      ])
      rmSync(folder, { recursive: true })
      const seconds = timed(frames).reduce((sum, { ms }) => sum + ms, 0) / 1000
      console.log(`${file}: ${frames.length} frames, ${seconds.toFixed(1)} s, ${statSync(file).size} bytes`)
    },
  }
}

/** Gives each frame its time. Equal ones become one. */
function timed(frames) {
  const result = []
  for (const [i, frame] of frames.entries()) {
    const ms = frame.ms ?? Math.min((frames[i + 1] ?? frame).at - frame.at, longestMs)
    const last = result.at(-1)
    if (!last || !isSame(last, frame)) result.push({ ...frame, ms })
    else if (frame.ms !== undefined) last.ms += ms
  }
  return result
}

function isSame(one, other) {
  return (
    one.caption === other.caption &&
    JSON.stringify(one.cursor) === JSON.stringify(other.cursor) &&
    one.images.length === other.images.length &&
    one.images.every((image, i) => image.equals(other.images[i]))
  )
}
