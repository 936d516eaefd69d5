import { createRoot } from 'react-dom/client'
import { watchFrames } from './frames.js'
import { tally } from './tally.js'

const query = new URLSearchParams(location.search)
const topic = query.get('topic')
const [rate, seconds] = [query.get('rate'), query.get('seconds')].map(Number)
const subjects = Array.from({ length: Number(query.get('subjects')) }, (_, i) => `${topic}.n${i}`)

/** The variant of the page that is visited. */
export const variant = query.get('variant')

/**
 * Renders a page. Twice a second, reports the tally, and the frames since the last report, to
 * `bench/page-run.js`.
 */
export function show(App) {
  const frames = watchFrames()
  setInterval(() => {
    const report = {
      ...tally,
      now: performance.now(),
      begun: frames.begun.splice(0),
      longTasks: frames.longTasks.splice(0),
    }
    void fetch('/publish/report', { method: 'POST', body: JSON.stringify(report) })
  }, 500)
  createRoot(document.getElementById('root')).render(<App {...{ topic, subjects, rate, seconds }} />)
}
