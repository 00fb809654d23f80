const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Says how long something took, in its two largest units: `2 h 10 min`. */
export function timeSpan(durationMs: number): string {
  if (!(durationMs >= minuteMs)) return 'less than a minute';
  const [large, small]: readonly (readonly [number, string])[] =
    durationMs >= dayMs
      ? [
          [dayMs, 'd'],
          [hourMs, 'h'],
        ]
      : [
          [hourMs, 'h'],
          [minuteMs, 'min'],
        ];
  if (!large || !small) return '';
  const whole = Math.floor(durationMs / large[0]);
  const rest = Math.floor((durationMs % large[0]) / small[0]);
  const parts = [
    ...(whole > 0 ? [`${whole} ${large[1]}`] : []),
    ...(rest > 0 || whole === 0 ? [`${rest} ${small[1]}`] : []),
  ];
  return parts.join(' ');
}
