import { createRoot } from 'react-dom/client'
import { Bare } from './bare.jsx'
import { watchFrames } from './frames.js'
import { Ours } from './ours.jsx'
import { tally } from './tally.js'

const query = new URLSearchParams(location.search)
const subjects = Array.from({ length: Number(query.get('subjects')) }, (_, i) => `bench.n${i}`)
const App = query.get('way') === 'bare' ? Bare : Ours
const frames = watchFrames()

/** Twice a second `bench/react.js` hears what has come, and how the frames were since it last heard. */
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
