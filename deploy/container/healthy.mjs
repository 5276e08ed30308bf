// Asked by the container engine: ends with 0 when everything runs.
try {
  const answer = await fetch(`http://127.0.0.1:${process.env.SYNCTIDE_HTTP_PORT}/api/health`, { signal: AbortSignal.timeout(4000) })
  const { ok, database, processes } = await answer.json()
  const away = processes.filter(({ state }) => state !== 'running').map(({ name }) => name)
  console.log(ok ? 'ok' : `database ${database}${away.length > 0 ? `; not running: ${away.join(', ')}` : ''}`)
  process.exitCode = ok ? 0 : 1
} catch (error) {
  console.log(error.message)
  process.exitCode = 1
}
