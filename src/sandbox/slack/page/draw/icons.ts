const paths = {
  hash: 'M6.5 2.5 5 13.5M11 2.5 9.5 13.5M2.8 5.8h11M2.2 10.2h11',
  close: 'm4 4 8 8m0-8-8 8',
  chevron: 'm4.5 6.5 3.5 3.5 3.5-3.5',
  back: 'M9.5 3.5 5 8l4.5 4.5',
  twice: 'M5.2 2.5 2.5 8h3l-1 5.5M11.2 2.5 8.5 8h3l-1 5.5',
  people:
    'M6 7.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6ZM2 13c.2-2.6 1.8-4 4-4s3.8 1.4 4 4M10.6 3a2.2 2.2 0 0 1 0 4.2M11.8 9.3c1.3.5 2.1 1.7 2.2 3.7',
  traffic: 'M2.5 5.5h10m0 0L9.8 2.8M12.5 5.5 9.8 8.2M13.5 10.5h-10m0 0 2.7-2.7m-2.7 2.7 2.7 2.7',
  out: 'M3 8h10m0 0L9 4m4 4-4 4',
  in: 'M13 8H3m0 0 4-4M3 8l4 4',
  eye: 'M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  send: 'M2.5 13.5 14 8 2.5 2.5l1.6 4.6L9 8l-4.9.9-1.6 4.6Z',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  check: 'm3.2 8.4 3.2 3.2 6.4-7',
  down: 'M8 3v10m0 0 4-4m-4 4L4 9',
  external: 'M6.5 3.5h-3v9h9v-3M9.5 3h3.5v3.5M13 3 7.5 8.5',
  archive: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 9h3',
  alert: 'M8 2.5 14.2 13H1.8L8 2.5ZM8 6.5v3M8 11.2v.01',
} as const;

/** The names of the icons there are. */
export type IconName = keyof typeof paths;

/** Draws a small line icon in the colour of the text around it; it is hidden from screen readers. */
export function icon(name: IconName): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const path = document.createElementNS(space, 'path');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
