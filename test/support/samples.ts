/** The value of one series of a text in the format of Prometheus, as it is written: `up{job="a"}`; undefined where there is none. */
export function sample(exposition: string, series: string): number | undefined {
  const line = exposition.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}
