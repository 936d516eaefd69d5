/**
 * Notes when each frame began and how long each long task took (the browser tells of those over 50
 * ms), from now on.
 */
export function watchFrames() {
  const seen = { begun: [], longTasks: [] }
  const note = (time) => {
    seen.begun.push(time)
    requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push({ startTime, duration })
  }).observe({ type: 'longtask' })
  return seen
}
