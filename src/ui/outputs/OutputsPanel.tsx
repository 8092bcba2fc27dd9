import { Section } from '../layout/Section';

export function OutputsPanel({ className }: { readonly className?: string | undefined }) {
  return (
    <Section className={className} title="Where the outputs lie">
      <div />
    </Section>
  );
}
