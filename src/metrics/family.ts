/** All values of one name at one moment, for what is looked up only when somebody asks. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  /** Names of the labels that every sample has. Without any there has to be one sample. */
  readonly labels?: readonly string[];
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}
