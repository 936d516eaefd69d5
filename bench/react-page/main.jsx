import { createRoot } from 'react-dom/client'
import { Bare } from './bare.jsx'
import { watchFrames } from './frames.js'
import { Ours } from './ours.jsx'
import { tally } from './tally.js'

const query = new URLSearchParams(location.search)
const subjects = Array.from({ length: Number(query.get('subjects')) }, (_, i) => `bench.n${i}`)
const App = query.get('variant') === 'bare' ? Bare : Ours
const frames = watchFrames()

/** Twice a second, reports the tally, and the frames since the last report, to `bench/react.js`. */
setInterval(() => {
  const report = {
    ...tally,
    now: performance.now(),
    begun: frames.begun.splice(0),
    longTasks: frames.longTasks.splice(0),
  }
  void fetch('/publish/report', { method: 'POST', body: JSON.stringify(report) })
}, 500)
createRoot(document.getElementById('root')).render(<App subjects={subjects} />)
