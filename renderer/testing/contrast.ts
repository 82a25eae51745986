/** Colour arithmetic for checking the tokens: WCAG contrast and distances as colour-blind eyes see them. */

export type Rgb = readonly [number, number, number];

/** "#rgb", "#rrggbb" or "#rrggbbaa" as three shares of 1. */
export function parseHex(text: string): Rgb {
  const digits = text.replace('#', '');
  const long = digits.length < 6 ? Array.from(digits, (digit) => digit + digit).join('') : digits;
  const part = (at: number) => Number.parseInt(long.slice(at, at + 2), 16) / 255;
  return [part(0), part(2), part(4)];
}

function linear([r, g, b]: Rgb): Rgb {
  const part = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return [part(r), part(g), part(b)];
}

/** Contrast ratio of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const luminance = (text: string) => {
    const [r, g, b] = linear(parseHex(text));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export type Vision = 'normal' | 'protanopia' | 'deuteranopia' | 'tritanopia';

/** What eyes without one kind of cone see, on linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const VISIONS: { readonly [vision in Vision]: readonly [Rgb, Rgb, Rgb] } = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Distance of two colours in OKLab, times 100, as a kind of vision sees them. */
export function distance(one: string, other: string, vision: Vision): number {
  const [a, b] = [one, other].map((text) => oklab(see(linear(parseHex(text)), vision))) as [Rgb, Rgb];
  return 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function see(color: Rgb, vision: Vision): Rgb {
  const row = (weights: Rgb) => clamp(weights[0] * color[0] + weights[1] * color[1] + weights[2] * color[2]);
  const [r, g, b] = VISIONS[vision];
  return [row(r), row(g), row(b)];
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}

/** Linear sRGB to OKLab (Ottosson 2020). */
function oklab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
