import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../router/metrics.ts';

const read = (path: string): Promise<string> => readFile(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

/** Every metric that a text of PromQL mentions, without what Prometheus adds to a histogram's name. */
const metricsIn = (text: string): string[] =>
  [...new Set(text.match(/\b(?:router|nodejs|process)_[a-z0-9_]+/g) ?? [])].map((name) => name.replace(/_(?:bucket|count|sum)$/, ''));

describe('what operators are given to watch the router', () => {
  it.each(['grafana/router-dashboard.json', 'prometheus/router-alerts.yml'])('%s asks for metrics that the router has', async (path) => {
    const known = new Set((await createMetrics().registry.getMetricsAsJSON()).map(({ name }) => name));
    const text = await read(path);
    const asked = metricsIn(text);
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('alerts have a name, a severity and a sentence', async () => {
    const { groups } = parse(await read('prometheus/router-alerts.yml')) as {
      groups: { rules: { alert: string; labels: { severity: string }; annotations: { summary: string } }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { labels, annotations } of rules) {
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/\.$|\)\.$/);
    }
  });
});
